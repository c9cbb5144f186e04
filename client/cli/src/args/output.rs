//! The options that say how data is printed.

use clap::{Args, ValueEnum};

/// The heading of options that every command has.
const OUTPUT: &str = "Output";

/// The form of data on stdout, and its colours.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct OutputArgs {
    /// The form of what is printed; a table if left out
    #[arg(long, global = true, help_heading = OUTPUT, value_name = "FORMAT", conflicts_with = "json")]
    output: Option<OutputFormat>,
    /// Print one JSON object a line, errors too; money in it is in minor units (as --output json)
    #[arg(long, global = true, help_heading = OUTPUT)]
    json: bool,
    /// When to use colours; auto is at a terminal, unless NO_COLOR is set
    #[arg(long, global = true, help_heading = OUTPUT, value_name = "WHEN", hide_short_help = true)]
    color: Option<ColorChoice>,
}

/// The form of data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Aligned for a person at a terminal, with tabs for a program
    #[default]
    Table,
    /// One object a line
    Json,
    /// With commas, for spreadsheets: no cell is a formula
    Csv,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

impl OutputArgs {
    /// The form that was asked for, if any was.
    pub(crate) fn format(&self) -> Option<OutputFormat> {
        if self.json { Some(OutputFormat::Json) } else { self.output }
    }

    /// Those that ask for JSON.
    pub(crate) fn json() -> Self {
        Self { json: true, ..Self::default() }
    }

    pub(crate) fn color(&self) -> ColorChoice {
        self.color.unwrap_or_default()
    }

    /// Whether a line that cannot be understood asks for JSON.
    pub(crate) fn ask_for_json(words: impl IntoIterator<Item = String>) -> bool {
        let words: Vec<_> = words.into_iter().collect();
        let whole = ["--json", "--output=json"];
        words.iter().any(|word| whole.contains(&word.as_str()))
            || words.windows(2).any(|pair| pair[0] == "--output" && pair[1] == "json")
    }
}
