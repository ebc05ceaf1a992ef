//! Reads an expression from left to right, word by word, and knows in which column each stands.

use super::error::ExpressionError;

/// Longest part of a text that an error repeats, in characters.
const SHOWN: usize = 40;

/// A word and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) column: usize,
}

/// A place in a text.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// An example of what the text should be.
    pub(super) example: &'static str,
}

/// Characters that end a word and stand for themselves.
fn is_symbol(c: char) -> bool {
    matches!(c, '(' | ')' | ',' | '<' | '>' | '=')
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, example: &'static str) -> Self {
        Self { text, at: 0, example }
    }

    /// What is left, without the spaces before it.
    fn rest(&mut self) -> &'a str {
        let rest = self.text[self.at..].trim_start();
        self.at = self.text.len() - rest.len();
        rest
    }

    /// Column of what comes next.
    pub(super) fn column(&mut self) -> usize {
        self.rest();
        self.text[..self.at].chars().count() + 1
    }

    /// The next word without taking it; empty before a symbol and at the end.
    pub(super) fn peek(&mut self) -> &'a str {
        let rest = self.rest();
        &rest[..rest.find(|c: char| c.is_whitespace() || is_symbol(c)).unwrap_or(rest.len())]
    }

    /// Takes the next word.
    pub(super) fn word(&mut self, expected: &'static str) -> Result<Word<'a>, ExpressionError> {
        let (text, column) = (self.peek(), self.column());
        if text.is_empty() {
            return Err(self.expected(expected));
        }
        self.at += text.len();
        Ok(Word { text, column })
    }

    /// Takes one of the symbols.
    pub(super) fn symbol(&mut self, of: &[char], expected: &'static str) -> Result<char, ExpressionError> {
        match self.rest().chars().next().filter(|c| of.contains(c)) {
            Some(found) => {
                self.at += found.len_utf8();
                Ok(found)
            }
            None => Err(self.expected(expected)),
        }
    }

    /// Makes sure that nothing is left.
    pub(super) fn end(&mut self) -> Result<(), ExpressionError> {
        if self.rest().is_empty() { Ok(()) } else { Err(self.expected("the end")) }
    }

    /// The error that something else should come next.
    fn expected(&mut self, expected: &'static str) -> ExpressionError {
        let (column, word) = (self.column(), self.peek());
        let found = match (word, self.rest().chars().next()) {
            (_, None) => "the end".to_owned(),
            ("", Some(symbol)) => format!("`{symbol}`"),
            (word, _) => format!("`{}`", shown(word)),
        };
        ExpressionError::Expected { column, expected, found, example: self.example }
    }
}

/// A text as an error repeats it.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_symbols_come_with_their_columns() {
        let mut cursor = Cursor::new("  预算( b,c ) ", "x");
        assert_eq!(cursor.word("a word").unwrap(), Word { text: "预算", column: 3 });
        assert_eq!(cursor.symbol(&['('], "`(`").unwrap(), '(');
        assert_eq!(cursor.word("a word").unwrap(), Word { text: "b", column: 7 });
        let error = cursor.word("a word").unwrap_err();
        assert_eq!(error.to_string(), "column 8: expected a word, found `,`");
        assert_eq!(cursor.symbol(&[',', ')'], "`,`").unwrap(), ',');
        assert_eq!(cursor.end().unwrap_err().to_string(), "column 9: expected the end, found `c`");
        assert_eq!(cursor.word("a word").unwrap().text, "c");
        cursor.symbol(&[')'], "`)`").unwrap();
        assert_eq!(cursor.end(), Ok(()));
        let error = cursor.symbol(&['<'], "`<`").unwrap_err();
        assert_eq!(error.to_string(), "column 13: expected `<`, found the end");
    }

    #[test]
    fn long_words_are_repeated_in_part() {
        let error = Cursor::new(&"x".repeat(1_000), "x").end().unwrap_err();
        assert_eq!(error.to_string(), format!("column 1: expected the end, found `{}…`", "x".repeat(40)));
    }
}
