//! From byte spans of the TOML parser to places that a user can find.

use std::ops::Range;

use crate::diagnostic::Place;

/// Finds places in one input text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locator<'t> {
    source: &'t str,
    text: &'t str,
    /// Bytes before the parsed part: spans count from there.
    shift: usize,
    /// An argument of the command line is one line, whatever it holds.
    one_line: bool,
}

impl<'t> Locator<'t> {
    /// For a file.
    pub(crate) fn file(source: &'t str, text: &'t str) -> Self {
        Self { source, text, shift: 0, one_line: false }
    }

    /// For an argument of `--set`; spans count from byte `shift` of it.
    pub(crate) fn argument(argument: &'t str, shift: usize) -> Self {
        Self { source: "--set", text: argument, shift, one_line: true }
    }

    /// Name of the text.
    pub(crate) fn source(&self) -> &'t str {
        self.source
    }

    /// The place of a byte span; a span over several lines is cut at the end of its first line.
    pub(crate) fn place(&self, span: Range<usize>) -> Place {
        let start = floor_boundary(self.text, span.start.saturating_add(self.shift));
        let end = floor_boundary(self.text, span.end.saturating_add(self.shift)).max(start);
        let (line, line_start, line_text) = if self.one_line {
            (1, 0, self.text)
        } else {
            let before = &self.text[..start];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let rest = &self.text[line_start..];
            let line_text = rest.split('\n').next().unwrap_or(rest);
            // Lines written on Windows end with a carriage return that no one wants to see.
            (before.matches('\n').count() + 1, line_start, line_text.strip_suffix('\r').unwrap_or(line_text))
        };
        // The parser may point at the line's end itself, between carriage return and newline.
        let line_end = line_start + line_text.len();
        let (start, marked_end) = (start.min(line_end), end.min(line_end).max(start.min(line_end)));
        // A byte order mark is no column of any editor.
        let lead = self.text[line_start..start].trim_start_matches('\u{feff}');
        Place {
            source: self.source.to_owned(),
            line,
            column: lead.chars().count() + 1,
            length: self.text[start..marked_end].chars().count().max(1),
            line_text: line_text.trim_start_matches('\u{feff}').to_owned(),
        }
    }

    /// The text of a span as the user wrote it, cut short when it is long.
    pub(crate) fn excerpt(&self, span: Range<usize>) -> String {
        const LONGEST: usize = 60;
        let start = floor_boundary(self.text, span.start.saturating_add(self.shift));
        let end = floor_boundary(self.text, span.end.saturating_add(self.shift)).max(start);
        let raw = &self.text[start..end];
        let flat: String = raw.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        if raw.chars().nth(LONGEST).is_some() { format!("{flat}…") } else { flat }
    }
}

/// The last character boundary at or before `at`.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_end_before_the_carriage_return() {
        let text = "a = 1\r\n预算 = [1,\r\n2]\r\n";
        let start = text.find('[').unwrap();
        let place = Locator::file("f.toml", text).place(start..text.len());
        assert_eq!((place.line, place.column, place.length), (2, 6, 3));
        assert_eq!(place.line_text, "预算 = [1,");
    }

    #[test]
    fn spans_past_the_end_are_at_the_end() {
        let place = Locator::file("f", "ab").place(9..12);
        assert_eq!((place.line, place.column, place.length), (1, 3, 1));
    }

    #[test]
    fn an_argument_is_one_line() {
        let place = Locator::argument("a=\n5", 2).place(1..2);
        assert_eq!((place.line, place.column), (1, 4));
        assert_eq!(place.line_text, "a=\n5");
    }
}
