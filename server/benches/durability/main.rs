//! What durability costs, and what it costs those who ask meanwhile:
//!
//! ```text
//! cargo bench -p boxoffice-benches --bench durability -- [journal] [restart] [follow] [behind] [answers] [all]
//!     [--large] [--folder FOLDER] [--write FILE]
//! ```
//!
//! Each prints a table in Markdown, with the command that makes it. All but the first run the real
//! server's process, and need a machine that does nothing else meanwhile. With nothing named, it
//! only says how it is used.
//! - `journal`: what a change costs in the journal, in batches of different sizes.
//! - `restart`: how long a start takes, and what it costs, from rows and from the journal; with
//!   `--large` of ten million reservations, too.
//! - `follow`: how many changes a second the rows follow.
//! - `behind`: what clients see while the rows fall behind as far as they may, and when they go on.
//! - `answers`: how long answers take while the rows follow, and while they cannot.

mod answers;
mod behind;
mod connection;
mod figures;
mod follow;
mod journal;
mod restart;
mod section;
mod server;

use anyhow::ensure;
use boxoffice_load::machine;
use clap::{CommandFactory, Parser, ValueEnum};
use section::{Effort, Large};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Measures what durability costs, and prints tables in Markdown.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo bench -p boxoffice-benches --bench durability --")]
struct Arguments {
    /// What to measure
    what: Vec<What>,
    /// Restart with ten million reservations, too: needs 5 GB of disk and 4 GB of memory
    #[arg(long)]
    large: bool,
    /// Work below this folder, which must be on the disk that is meant [default: in target]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Write the tables to this file, too
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Journal,
    Restart,
    Follow,
    Behind,
    Answers,
    All,
}

impl What {
    const EACH: [Self; 5] =
        [Self::Journal, Self::Restart, Self::Follow, Self::Behind, Self::Answers];

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.what.is_empty() {
        println!("{}", Arguments::command().render_usage());
        return Ok(());
    }
    let below = arguments.folder.unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
    ensure!(below.is_dir(), "{} is no folder", below.display());
    let mut text = said_of_the_machine(&below)?;
    print!("{text}");
    let large = if arguments.large { Large::Yes } else { Large::No };
    for what in What::EACH {
        if arguments.what.contains(&what) || arguments.what.contains(&What::All) {
            let section = measured_section(what, Effort { folder: &below, large })?;
            print!("{section}");
            text += &section;
        }
    }
    if let Some(file) = arguments.write {
        std::fs::write(file, text)?;
    }
    Ok(())
}

fn said_of_the_machine(folder: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if cfg!(debug_assertions) {
        writeln!(text, "**A debug build: these figures say nothing.**\n")?;
    }
    let facts = machine::facts(folder);
    let facts: Vec<_> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    writeln!(text, "{}", facts.join("; "))?;
    Ok(text)
}

/// Measures in a folder of its own.
fn measured_section(what: What, effort: Effort<'_>) -> anyhow::Result<String> {
    let below = tempfile::tempdir_in(effort.folder)?;
    let effort = Effort { folder: below.path(), ..effort };
    let (title, table, note) = match what {
        What::Journal | What::All => journal::measure(effort)?,
        What::Restart => restart::measure(effort)?,
        What::Follow => follow::measure(effort)?,
        What::Behind => behind::measure(effort)?,
        What::Answers => answers::measure(effort)?,
    };
    let large = if what == What::Restart && effort.large == Large::Yes { " --large" } else { "" };
    let name = what.name();
    let mut text = String::new();
    writeln!(text, "\n### {title}\n")?;
    writeln!(text, "`cargo bench -p boxoffice-benches --bench durability -- {name}{large}`\n")?;
    writeln!(text, "{}\n{note}", table.to_markdown())?;
    Ok(text)
}
