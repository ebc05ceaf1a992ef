//! Numbers as people write them in an expression, and back.

use std::fmt;

use super::cursor::{Cursor, Word, shown};
use super::error::ExpressionError;

/// What stands behind a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suffix {
    Plain,
    Percent,
    Points,
}

/// A number that was given.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number<'a> {
    pub(super) value: f64,
    pub(super) suffix: Suffix,
    /// As given, without suffix.
    text: &'a str,
    pub(super) column: usize,
}

impl<'a> Number<'a> {
    /// Reads a number; its suffix may stand apart from it.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self, ExpressionError> {
        let Word { text, column } = cursor.word("a number")?;
        let (digits, mut suffix) = split(text);
        if suffix == Suffix::Plain
            && let ("", apart) = split(cursor.peek())
            && apart != Suffix::Plain
        {
            cursor.word("a suffix")?;
            suffix = apart;
        }
        let shift = if suffix == Suffix::Plain { 0 } else { -2 };
        let value = decimal(digits, shift);
        let value = value.ok_or_else(|| ExpressionError::Number { column, text: shown(text) })?;
        Ok(Self { value, suffix, text: digits, column })
    }

    /// As given.
    pub(super) fn shown(&self) -> String {
        let suffix = match self.suffix {
            Suffix::Plain => "",
            Suffix::Percent => "%",
            Suffix::Points => "pp",
        };
        format!("{}{suffix}", shown(self.text))
    }
}

fn split(text: &str) -> (&str, Suffix) {
    if let Some(digits) = text.strip_suffix('%') {
        (digits, Suffix::Percent)
    } else if let Some(digits) = text.strip_suffix("pp") {
        (digits, Suffix::Points)
    } else {
        (text, Suffix::Plain)
    }
}

/// The finite number nearest to decimal digits times a power of ten.
///
/// The power goes into the exponent before the digits are rounded: 0.7 % is 0.007 and nothing beside it.
pub(super) fn decimal(text: &str, power: i32) -> Option<f64> {
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    for (at, byte) in bytes.iter().enumerate() {
        let fits = match byte {
            // Words like `inf` and `nan` are numbers to Rust, not to us.
            b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-' => true,
            b'_' => digit(at.checked_sub(1)) && digit(Some(at + 1)),
            _ => false,
        };
        if !fits {
            return None;
        }
    }
    let plain = text.replace('_', "");
    let (digits, exponent) = match plain.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (plain.as_str(), 0),
    };
    let exponent = exponent.checked_add(power)?;
    format!("{digits}e{exponent}").parse().ok().filter(|value: &f64| value.is_finite())
}

/// Writes a number so that it is read as the same again, large ones with exponent.
pub(super) struct Written(pub(super) f64);

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size > 0.0 && !(1e-4..1e6).contains(&size) {
            write!(f, "{:e}", self.0)
        } else {
            write!(f, "{}", self.0)
        }
    }
}

/// Writes a number between 0 and 1 in percent, without the sign, so that it is read as the same again.
pub(super) struct InPercent(pub(super) f64);

impl fmt::Display for InPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The decimal point is moved in the text: a product would be rounded.
        let text = self.0.to_string();
        let Some(fraction) = text.strip_prefix("0.") else {
            return write!(f, "{}", Written(100.0 * self.0));
        };
        let (whole, part) = fraction.split_at(fraction.len().min(2));
        let whole = format!("{whole:0<2}");
        let trimmed = whole.trim_start_matches('0');
        f.write_str(if trimmed.is_empty() { "0" } else { trimmed })?;
        if part.is_empty() { Ok(()) } else { write!(f, ".{part}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        for (text, value) in [
            ("5e9", 5e9),
            ("130E9", 130e9),
            ("0.8", 0.8),
            ("1_000", 1_000.0),
            ("80%", 0.8),
            ("2pp", 0.02),
            ("0.7 %", 0.007),
            ("1.1e1 pp", 0.11),
            ("-3", -3.0),
            (".5", 0.5),
        ] {
            let found = Number::read(&mut Cursor::new(text, "1")).unwrap();
            assert_eq!(found.value.to_bits(), f64::to_bits(value), "{text}");
        }
    }

    #[test]
    fn other_words_are_no_numbers() {
        for text in [
            "inf",
            "nan",
            "1e999",
            "_1",
            "1_",
            "1__0",
            "1_.5",
            "%",
            "pp",
            "e5",
            "1e",
            "0x10",
            "5bn",
            "1e99999999999",
            "--1",
            "1e2e3",
            "１",
        ] {
            let error = Number::read(&mut Cursor::new(text, "1")).unwrap_err();
            assert!(matches!(error, ExpressionError::Number { column: 1, .. }), "{text}: {error}");
        }
    }

    #[test]
    fn percent_are_written_without_rounding() {
        for (value, text) in [
            (0.5, "50"),
            (0.025, "2.5"),
            (0.333, "33.3"),
            (0.07, "7"),
            (0.001, "0.1"),
            (0.975, "97.5"),
            (0.000_12, "0.012"),
        ] {
            assert_eq!(InPercent(value).to_string(), text);
            assert_eq!(decimal(text, -2).map(f64::to_bits), Some(value.to_bits()));
        }
        assert_eq!(Written(1.3e11).to_string(), "1.3e11");
        assert_eq!(Written(-0.8).to_string(), "-0.8");
    }
}
