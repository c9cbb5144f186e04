//! The console: data on stdout, as tables, JSON lines or CSV; messages on stderr.
//!
//! Text from a server goes through [`escape`] before a terminal sees it.

use crate::args::{ColorChoice, OutputArgs, OutputFormat};
use crate::exit::CommandExit;
use crate::values::{local_time, rfc3339, venue_time};
use boxoffice_client::protocol::csv::CsvLines;
use boxoffice_client::protocol::event::ZonedTime;
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_load::escape::{escape, escape_json};
use boxoffice_load::table::{Table, TerminalTable};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};

/// The width that is assumed without a terminal.
const DEFAULT_WIDTH: usize = 100;

/// Where and how to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Console {
    pub(crate) format: OutputFormat,
    /// Whether stdout may have colours.
    pub(crate) colors: Colors,
    /// The reader of stdout.
    pub(crate) audience: Audience,
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

/// The JSON of an error; refusals have a record of their own.
#[derive(Debug, Serialize)]
struct ErrorLine<'a> {
    error: &'static str,
    message: &'a str,
    hint: Option<&'a str>,
}

impl Console {
    /// As the options and the environment have it: without a choice, colours are for a terminal, unless
    /// `NO_COLOR` is set.
    pub(crate) fn new(options: &OutputArgs) -> Self {
        let terminal = io::stdout().is_terminal();
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colored = match options.color() {
            ColorChoice::Auto => terminal && !no_color,
            ColorChoice::Always => true,
            ColorChoice::Never => false,
        };
        Self {
            format: options.format().unwrap_or_default(),
            colors: if colored { Colors::On } else { Colors::Off },
            audience: if terminal { Audience::Person } else { Audience::Program },
        }
    }

    /// The same, but as the options of one line have it.
    pub(crate) fn with(self, options: &OutputArgs) -> Self {
        let line = Self::new(options);
        let format = options.format().unwrap_or(self.format);
        let colors = if options.color() == ColorChoice::Auto { self.colors } else { line.colors };
        Self { format, colors, ..self }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == OutputFormat::Json
    }

    /// A time: local for a person, in UTC for a program.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        match (self.audience, self.format) {
            (Audience::Person, OutputFormat::Table) => local_time(time, TimeZone::system()),
            _ => rfc3339(time),
        }
    }

    /// When an event begins: as the venue's clocks show it for a person, and as the own ones do where
    /// that is another time; in UTC for a program.
    pub(crate) fn venue_time(&self, time: &ZonedTime) -> String {
        match (self.audience, self.format) {
            (Audience::Person, OutputFormat::Table) => venue_time(time, TimeZone::system()),
            _ => rfc3339(time.at()),
        }
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

    /// Prints a table, for a person or for a program. A person is told of what has no room.
    pub(crate) fn table(&self, table: &Table) -> io::Result<()> {
        if self.format == OutputFormat::Csv {
            let mut lines = CsvLines::default();
            table.lines().for_each(|cells| lines.push(cells));
            let mut stdout = io::stdout().lock();
            stdout.write_all(&lines.take())?;
            return stdout.flush();
        }
        if self.audience == Audience::Program {
            return self.data(&table.to_tabs());
        }
        let TerminalTable { text, left_out } = table.to_terminal(self.width());
        self.data(&text)?;
        if !left_out.is_empty() {
            let columns = left_out.join(", ");
            self.note(&format!(
                "no room for: {columns}; a wider terminal or --output csv has them"
            ));
        }
        Ok(())
    }

    /// Prints an error on stderr, which may have lines, and what to do about it.
    pub(crate) fn error(&self, exit: CommandExit, message: &str, hint: Option<&str>) {
        if self.is_json() {
            let line = ErrorLine { error: exit.name(), message, hint };
            // Text serializes, and without a stderr it is lost.
            return serde_json::to_string(&line).map_or((), |line| self.note(&escape_json(&line)));
        }
        self.note_lines(&format!("error: {message}"));
        if let Some(hint) = hint {
            self.note(&format!("hint: {hint}"));
        }
    }

    /// Prints a message on stderr.
    pub(crate) fn note(&self, message: &str) {
        // Without a stderr the message is lost, and nothing else can be done.
        writeln!(io::stderr(), "{}", escape(message)).ok();
    }

    /// Prints a message of several lines on stderr, like a parser's with the faulty line and a caret
    /// below it. The caret stays in its column because a tab becomes one space.
    fn note_lines(&self, message: &str) {
        message.lines().for_each(|line| self.note(&line.replace('\t', " ")));
    }
}
