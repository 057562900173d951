//! A table: the same on a page and in the document.

/// One column's heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// Numbers stand at the right.
    pub number: bool,
}

/// Rows of written cells; the first cell of a row says what the row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub caption: String,
    pub head: Vec<Column>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table whose columns are numbers unless their name begins with `'`.
    pub fn new(caption: impl Into<String>, head: &[&str]) -> Self {
        let column = |name: &&str| match name.strip_prefix('\'') {
            Some(name) => Column { name: name.to_owned(), number: false },
            None => Column { name: (*name).to_owned(), number: true },
        };
        Self { caption: caption.into(), head: head.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row; a cell too many is dropped and a missing one is empty.
    pub fn push(&mut self, cells: impl IntoIterator<Item = String>) {
        let mut row: Vec<String> = cells.into_iter().take(self.head.len()).collect();
        row.resize(self.head.len(), String::new());
        self.rows.push(row);
    }

    /// As Markdown, the caption as a line of its own before it.
    pub fn markdown(&self) -> String {
        let line = |cells: &mut dyn Iterator<Item = String>| {
            cells.fold("|".to_owned(), |line, cell| line + " " + &cell + " |") + "\n"
        };
        let plain = |text: &str| text.replace('|', "\\|").replace('\n', " ");
        let rule = |column: &Column| if column.number { "---:" } else { "---" }.to_owned();
        let mut text = format!("{}\n\n", plain(&self.caption));
        text += &line(&mut self.head.iter().map(|column| plain(&column.name)));
        text += &line(&mut self.head.iter().map(rule));
        for row in &self.rows {
            text += &line(&mut row.iter().map(|cell| plain(cell)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_written_with_aligned_columns_and_nothing_breaks_out() {
        let mut table = Table::new("Two | numbers", &["'name", "n"]);
        table.push(["a|b".to_owned(), "1".to_owned(), "too many".to_owned()]);
        table.push(["c".to_owned()]);
        let expected = "Two \\| numbers\n\n| name | n |\n| --- | ---: |\n| a\\|b | 1 |\n| c |  |\n";
        assert_eq!(table.markdown(), expected);
    }
}
