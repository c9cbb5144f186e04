//! The console: data on stdout, as tables or JSON lines; messages on stderr.
//!
//! Text from a server goes through [`escape`] before a terminal sees it.

use boxoffice_load::escape::{escape, escape_json};
use boxoffice_load::table::Table;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// The width that is assumed without a terminal.
const DEFAULT_WIDTH: usize = 100;

/// Where and how to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Console {
    format: ConsoleFormat,
    /// Whether stdout may have colours.
    pub(crate) colors: Colors,
    /// The reader of stdout.
    pub(crate) audience: Audience,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ConsoleFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colors {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// A person at a terminal.
    Person,
    /// A file or another program.
    Program,
}

impl Console {
    /// As the environment has it: colours only at a terminal, unless `NO_COLOR` is set.
    pub(crate) fn of_environment(json: bool) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self {
            format: if json { ConsoleFormat::Json } else { ConsoleFormat::Text },
            colors: if terminal && !no_color { Colors::On } else { Colors::Off },
            audience: if terminal { Audience::Person } else { Audience::Program },
        }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == ConsoleFormat::Json
    }

    /// The present number of columns.
    pub(crate) fn width(&self) -> usize {
        let terminal = match self.audience {
            Audience::Person => comfy_table::Table::new().width(),
            Audience::Program => None,
        };
        // Some terminals do not know their width and say 0.
        terminal.map(usize::from).filter(|&width| width > 0).unwrap_or(DEFAULT_WIDTH)
    }

    /// Prints data as it is.
    pub(crate) fn data(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.write_all(b"\n")?;
        stdout.flush()
    }

    /// Prints an object as one line of JSON.
    pub(crate) fn json(&self, record: &impl Serialize) -> io::Result<()> {
        let line = serde_json::to_string(record)?;
        self.data(&escape_json(&line))
    }

    /// Prints a table, for a person or for a program.
    pub(crate) fn table(&self, table: &Table) -> io::Result<()> {
        self.data(&match self.audience {
            Audience::Person => table.to_terminal(self.width()),
            Audience::Program => table.to_tabs(),
        })
    }

    /// Prints a message on stderr.
    pub(crate) fn note(&self, message: &str) {
        // Without a stderr the message is lost, and nothing else can be done.
        writeln!(io::stderr(), "{}", escape(message)).ok();
    }

    /// Prints a message of several lines on stderr, like a parser's with the faulty line and a caret
    /// below it. The caret stays in its column because a tab becomes one space.
    pub(crate) fn note_lines(&self, message: &str) {
        message.lines().for_each(|line| self.note(&line.replace('\t', " ")));
    }
}
