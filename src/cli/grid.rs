//! A plain table in any of the four forms: rows of cells that know both their text and their exact value.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};

use super::args::Format;
use super::failure::{Failure, Status};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Words.
    Text(String),
    /// A number: as a reader wants it in tables, in full in CSV and JSON. Stands to the right.
    Number { shown: String, exact: f64 },
    /// Nothing known; never an invented zero.
    Absent,
}

impl Cell {
    /// A number; absent when it is none (NaN: nothing to divide by, no year before).
    pub(crate) fn number(shown: String, exact: f64) -> Self {
        if exact.is_finite() { Self::Number { shown, exact } } else { Self::Absent }
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number { shown, .. } => shown.clone(),
            Self::Absent => "–".into(),
        }
    }

    fn exact(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number { exact, .. } => exact.to_string(),
            Self::Absent => String::new(),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Number { exact, .. } => Value::from(*exact),
            Self::Absent => Value::Null,
        }
    }

    fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_))
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A table with named columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grid {
    columns: Vec<String>,
    rows: Vec<Vec<Cell>>,
    /// Columns of words that stand to the right all the same, such as intervals.
    right: Vec<usize>,
}

impl Grid {
    /// Makes an empty table.
    pub(crate) fn new<C: Into<String>>(columns: impl IntoIterator<Item = C>) -> Self {
        Self { columns: columns.into_iter().map(Into::into).collect(), rows: Vec::new(), right: Vec::new() }
    }

    /// Puts columns of words to the right, where numbers stand anyway.
    #[must_use]
    pub(crate) fn aligned(mut self, right: &[usize]) -> Self {
        self.right = right.to_vec();
        self
    }

    /// Adds a row, which has one cell for each column.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "a row has one cell for each column");
        self.rows.push(row);
    }

    /// Whether it has no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table in the form asked for.
    ///
    /// # Errors
    /// CSV and JSON writers can refuse; with text and numbers they do not.
    pub(crate) fn render(&self, format: Format) -> Result<String, Failure> {
        match format {
            Format::Table => Ok(self.table()),
            Format::Md => Ok(self.markdown()),
            Format::Json => serde_json::to_string_pretty(&self.json())
                .map(|text| text + "\n")
                .map_err(|error| Failure::told(Status::Io, error)),
            Format::Csv => self.csv().map_err(|error| Failure::told(Status::Io, error)),
        }
    }

    /// Aligned text; words wrap at the terminal's width, and not at all in a pipe.
    pub(crate) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(&self.columns);
        for row in &self.rows {
            table.add_row(row.iter().map(Cell::shown));
        }
        let last = self.columns.len().saturating_sub(1);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index == last { 0 } else { 2 }));
            let numbers = self.rows.iter().all(|row| row.get(index).is_some_and(Cell::is_number));
            if numbers || self.right.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.trim_fmt() + "\n"
    }

    fn markdown(&self) -> String {
        let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut text = line(self.columns.clone());
        text.push_str(&line(vec!["---".into(); self.columns.len()]));
        for row in &self.rows {
            text.push_str(&line(row.iter().map(|cell| cell.shown().replace('|', "\\|")).collect()));
        }
        text
    }

    /// The rows as objects.
    pub(crate) fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Map<String, Value> {
            self.columns.iter().cloned().zip(row.iter().map(Cell::json)).collect()
        };
        self.rows.iter().map(object).collect()
    }

    fn csv(&self) -> anyhow::Result<String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.columns)?;
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::exact))?;
        }
        Ok(String::from_utf8(writer.into_inner()?)?)
    }
}

/// A count with thousands separators.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Grid {
        let mut grid = Grid::new(["name", "value", "note"]);
        grid.push(vec![
            "a|b".into(),
            Cell::Number { shown: "1.23 B$".into(), exact: 1.234_567_89e9 },
            "x, y".into(),
        ]);
        grid.push(vec!["c".into(), Cell::Absent, "".into()]);
        grid
    }

    #[test]
    fn a_table_aligns_numbers_to_the_right() {
        assert_eq!(sample().table(), "name    value  note\na|b   1.23 B$  x, y\nc           –\n");
    }

    #[test]
    fn files_keep_full_precision_and_leave_the_unknown_empty() {
        assert_eq!(sample().render(Format::Csv).unwrap(), "name,value,note\na|b,1234567890,\"x, y\"\nc,,\n");
        let json: Value = serde_json::from_str(&sample().render(Format::Json).unwrap()).unwrap();
        assert_eq!(json[0]["value"], 1.234_567_89e9);
        assert!(json[1]["value"].is_null());
    }

    #[test]
    fn markdown_escapes_bars() {
        assert!(sample().render(Format::Md).unwrap().contains("| a\\|b | 1.23 B$ | x, y |"));
    }

    #[test]
    fn what_is_no_number_is_absent() {
        assert_eq!(Cell::number("NaN".into(), f64::NAN), Cell::Absent);
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        let shown: Vec<String> = [0, 999, 1_000, 1_234_567].map(grouped).to_vec();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }
}
