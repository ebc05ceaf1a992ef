//! From SVG to PNG, and the width of text: the two things that need the embedded fonts.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::ChartError;
use super::canvas::{FONT_FAMILY, HEIGHT, WIDTH, Weight, escape};

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.ttf");
static SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf");

/// The embedded fonts, and no others: with the fonts of the machine a picture would depend on where it is drawn.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(REGULAR)));
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(SEMI_BOLD)));
        fonts.set_sans_serif_family("Inter");
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

fn parse(svg: &str) -> Result<Tree, ChartError> {
    let options = Options { fontdb: fonts(), font_family: "Inter".to_owned(), ..Options::default() };
    Tree::from_str(svg, &options).map_err(|e| ChartError::Render(e.to_string()))
}

/// Renders a document on white, at the size that it states.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, ChartError> {
    let tree = parse(svg)?;
    let size = tree.size().to_int_size();
    let mut picture = Pixmap::new(size.width(), size.height())
        .filter(|_| (size.width(), size.height()) == (WIDTH, HEIGHT))
        .ok_or_else(|| ChartError::Render(format!("a picture of {}×{}", size.width(), size.height())))?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::identity(), &mut picture.as_mut());
    picture.encode_png().map_err(|e| ChartError::Render(e.to_string()))
}

/// Width in pixels of a line of text, as the renderer will set it.
///
/// A text that cannot be set is taken as wide as it can be, so that it is shortened rather than cut.
pub(crate) fn text_width(text: &str, px: f64, weight: Weight) -> f64 {
    if text.trim().is_empty() {
        return 0.0;
    }
    // Measured at 100 px: the width grows in proportion, and no precision is lost at small sizes.
    let svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><text font-family="{FONT_FAMILY}" font-size="100" font-weight="{}">{}</text></svg>"#,
        weight.css(),
        escape(text)
    );
    match parse(&svg) {
        Ok(tree) => f64::from(tree.root().bounding_box().width()) * px / 100.0,
        Err(_) => px * text.chars().count() as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_grows_with_text_size_and_weight() {
        let one = text_width("market", 26.0, Weight::Regular);
        assert!(one > 60.0 && one < 130.0, "{one}");
        assert!((text_width("market", 52.0, Weight::Regular) / one - 2.0).abs() < 1e-6);
        assert!(text_width("market", 26.0, Weight::SemiBold) > one);
        assert!(text_width("", 26.0, Weight::Regular).abs() < f64::EPSILON);
        assert!(text_width("<&\">", 26.0, Weight::Regular) > 40.0);
    }

    #[test]
    fn a_document_of_another_size_is_refused() {
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>"#;
        assert!(matches!(png(svg), Err(ChartError::Render(_))));
        assert!(matches!(png("not svg"), Err(ChartError::Render(_))));
    }
}
