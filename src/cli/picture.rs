//! Problems in inputs as pictures: the line with its file and number, the wrong part underlined, the hints below.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use bidcast::diagnostic::{Diagnostic, Diagnostics, Place, Severity};

/// Draws every problem, a blank line between two. Colours are in the text; the stream strips them where unwanted.
pub(crate) fn draw(problems: &Diagnostics) -> String {
    let renderer = Renderer::styled();
    let pictures: Vec<String> = problems.0.iter().map(|problem| renderer.render(&[group(problem)])).collect();
    pictures.join("\n\n") + "\n"
}

fn group(problem: &Diagnostic) -> Group<'_> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(problem.message.as_str()));
    if let Some(place) = &problem.place {
        let mark = AnnotationKind::Primary.span(bytes(place)).label(problem.key.as_deref());
        let snippet = Snippet::source(place.line_text.as_str());
        group = group.element(snippet.line_start(place.line).path(place.source.as_str()).annotation(mark));
    } else if let Some(key) = &problem.key {
        group = group.element(Level::NOTE.with_name("key").message(key.as_str()));
    }
    group.elements(problem.hints.iter().map(|hint| Level::HELP.with_name("hint").message(hint.as_str())))
}

/// The marked part in bytes of the line. Places count characters, and may point one past the end of a line.
fn bytes(place: &Place) -> Range<usize> {
    let byte_of = |character: usize| {
        place.line_text.char_indices().nth(character).map_or(place.line_text.len(), |(byte, _)| byte)
    };
    let first = place.column.saturating_sub(1);
    byte_of(first)..byte_of(first.saturating_add(place.length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(problem: Diagnostic) -> String {
        anstream::adapter::strip_str(&draw(&Diagnostics(vec![problem]))).to_string()
    }

    fn place(column: usize, length: usize, line_text: &str) -> Place {
        Place { source: "mine.toml".into(), line: 7, column, length, line_text: line_text.into() }
    }

    #[test]
    fn a_problem_shows_file_line_column_key_and_hint() {
        let problem = Diagnostic::error("-3 is below 0")
            .with_key("auction.theta")
            .at(place(9, 2, "theta = -3"))
            .hint("give a number above 0");
        let text = drawn(problem);
        for part in
            ["error: -3 is below 0", "mine.toml:7:9", "theta = -3", "^^ auction.theta", "hint: give a number"]
        {
            assert!(text.contains(part), "{part:?} is missing in\n{text}");
        }
    }

    #[test]
    fn marks_count_characters_not_bytes() {
        let text = drawn(Diagnostic::error("bad").at(place(7, 2, "“é” = 素材")));
        assert!(text.contains("mine.toml:7:7"), "{text}");
        assert_eq!(bytes(&place(7, 2, "“é” = 素材")), 11..17);
    }

    #[test]
    fn a_place_past_the_end_of_the_line_is_drawn() {
        assert!(
            drawn(Diagnostic::error("unclosed string").at(place(99, 5, "a = \"x"))).contains("mine.toml:7")
        );
        assert!(drawn(Diagnostic::error("empty").at(place(1, 1, ""))).contains("mine.toml:7"));
    }

    #[test]
    fn a_problem_without_place_still_names_its_key() {
        let text = drawn(Diagnostic::warning("odd pair of values").with_key("entry.rate"));
        assert!(text.contains("warning: odd pair") && text.contains("key: entry.rate"), "{text}");
    }
}
