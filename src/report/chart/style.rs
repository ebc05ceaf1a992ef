//! The look of the charts: colours, text sizes, margins, in pixels of a 1920×1080 slide.

/// An opaque colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

const fn rgb(hex: u32) -> Colour {
    Colour { red: (hex >> 16) as u8, green: (hex >> 8) as u8, blue: hex as u8 }
}

/// How charts look. The default is a 16:9 slide, legible from the back of a room.
///
/// The three hues are Okabe and Ito's, told apart with any kind of colour vision and, by lightness, in print.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// The hue of what the chart is about.
    pub main: Colour,
    /// The hue of what it is compared with.
    pub other: Colour,
    /// Text and median lines.
    pub ink: Colour,
    /// Notes, axes, single futures.
    pub grey: Colour,
    /// Grid lines.
    pub grid: Colour,
    /// Shaded zones behind the marks.
    pub zone: Colour,
    /// Text size of the title.
    pub title_px: f64,
    /// Text size of the subtitle.
    pub subtitle_px: f64,
    /// Text size of labels, ticks and the footer.
    pub label_px: f64,
    /// Empty border on all sides.
    pub margin_px: f64,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            main: rgb(0x0072B2),
            other: rgb(0xD55E00),
            ink: rgb(0x1A1A1A),
            grey: rgb(0x666666),
            grid: rgb(0xE3E3E3),
            zone: rgb(0xF1F1F1),
            title_px: 44.0,
            subtitle_px: 29.0,
            label_px: 26.0,
            margin_px: 72.0,
        }
    }
}
