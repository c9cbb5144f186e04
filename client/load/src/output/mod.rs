//! What a command prints: data on stdout, as tables or JSON lines; messages on stderr.
//!
//! Whatever came from a server goes through [`text::escape`] before a terminal sees it.

mod table;
mod text;

pub use table::{Table, left, right, text};
pub use text::{escape, shell_quote};

use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use text::escape_json;

/// The width that is assumed where there is no terminal to ask.
const PLAIN_WIDTH: usize = 100;

/// Where and how to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Output {
    format: Format,
    /// Whether stdout may have colours.
    pub colors: Colors,
    /// Whether stdout is read by a person.
    pub reader: Reader,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Human,
    Json,
}

/// Whether colours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// Yes.
    On,
    /// Not, or nobody could see them.
    Off,
}

/// Who reads stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A person, at a terminal.
    Person,
    /// A file or another program.
    Program,
}

impl Output {
    /// As the environment has it: no colours if `NO_COLOR` is set or nobody sees them.
    pub fn of_environment(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            format: if json { Format::Json } else { Format::Human },
            colors: if terminal && !no_color { Colors::On } else { Colors::Off },
            reader: if terminal { Reader::Person } else { Reader::Program },
        }
    }

    /// Whether JSON is wanted.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// How many columns a line has, as the terminal is now.
    pub fn width(&self) -> usize {
        let terminal = match self.reader {
            Reader::Person => comfy_table::Table::new().width(),
            Reader::Program => None,
        };
        // Some terminals do not know their width and say 0.
        terminal.map(usize::from).filter(|&width| width > 0).unwrap_or(PLAIN_WIDTH)
    }

    /// Prints text that is data, as it is.
    pub fn data(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.write_all(b"\n")?;
        stdout.flush()
    }

    /// Prints an object as one line of JSON.
    pub fn json(&self, record: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(record)?;
        self.data(&escape_json(&line))
    }

    /// Tells the person something that is not data.
    pub fn note(&self, message: &str) {
        // Without a stderr there is nobody to tell.
        writeln!(io::stderr(), "{}", escape(message)).ok();
    }
}
