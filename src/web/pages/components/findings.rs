//! Results of a reproduction as a page shows them: sections of tables and pictures.

use std::fmt;

use crate::report::{Place, Results, Svg, Table, sections};

/// A picture that goes into a page as it is: the room that draws has escaped all text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture(Svg);

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl askama::filters::HtmlSafe for Picture {}

/// A table, with the picture of its numbers where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub picture: Option<Picture>,
    pub table: Table,
    /// Whether the table is shown before it is asked for.
    pub open: bool,
}

impl Block {
    /// A table that is shown at once.
    pub fn table(table: Table) -> Self {
        Self { picture: None, table, open: true }
    }

    /// A picture, with the table of its numbers to be opened.
    pub fn picture(picture: Svg, table: Table) -> Self {
        Self { picture: Some(Picture(picture)), table, open: false }
    }
}

/// One subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub id: String,
    pub title: String,
    pub text: Vec<String>,
    pub blocks: Vec<Block>,
}

/// Every subject that has something to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    pub parts: Vec<Part>,
}

impl Findings {
    /// What a page shows of results.
    pub fn new(results: &Results) -> Self {
        let mut parts: Vec<Part> = Vec::new();
        for section in sections(results) {
            let shown = section.blocks.into_iter().filter(|block| block.place != Place::Document);
            let block = |block: crate::report::Block| Block {
                picture: block.picture.map(Picture),
                table: block.table,
                open: block.open,
            };
            let again = parts.iter().filter(|part| part.id.starts_with(section.id)).count();
            let id = match again {
                0 => section.id.to_owned(),
                n => format!("{}-{}", section.id, n + 1),
            };
            let (title, text) = (section.title, section.text);
            parts.push(Part { id, title, text, blocks: shown.map(block).collect() });
        }
        Self { parts }
    }
}
