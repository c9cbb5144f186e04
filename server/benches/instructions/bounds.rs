//! The table of what a request may cost.

use crate::scenes::LONG_COPIES;
use crate::worst::WORST;
use anyhow::Context;
use std::fmt::{self, Write as _};
use std::path::PathBuf;
use std::process::Command;

/// What a count may grow by before it is too much, in percent. Counts repeat within half of it.
const TOLERANCE: u64 = 1;

/// The same where nearly everything is long copies: the C library chooses how to copy by the
/// addresses, which other threads move.
const TOLERANCE_OF_COPIES: u64 = 12;

/// The same of the dearest requests, where the C library looks for hundreds of pieces of memory.
const TOLERANCE_OF_MANY: u64 = 3;

/// What it may grow by where another compiler or valgrind counts, in percent: enough for what those
/// change, and a guard all the same.
const OTHER_TOOLS: u64 = 25;

const HEADER: &str = "\
# Instructions of one request of a session: as counted, and the most that it may come to. Made by
#   cargo bench -p boxoffice-benches --bench instructions -- --renew
";

/// A line of the table.
pub(crate) struct Bound {
    name: String,
    counted: u64,
    most: u64,
}

impl Bound {
    /// The bound of a scene that was counted.
    pub(crate) fn new(name: &str, counted: u64) -> Self {
        Self { name: name.to_owned(), counted, most: with_tolerance(name, counted) }
    }

    fn parse(line: &str) -> anyhow::Result<Self> {
        let mut words = line.split_whitespace();
        let mut next =
            || words.next().with_context(|| format!("bounds.txt: {line:?} lacks a word"));
        Ok(Self { name: next()?.to_owned(), counted: next()?.parse()?, most: next()?.parse()? })
    }
}

pub(crate) struct Bounds {
    /// What it was made with.
    tools: String,
    lines: Vec<Bound>,
}

impl Bounds {
    /// The table of what was counted just now.
    pub(crate) fn of(counted: &[Bound]) -> Self {
        let lines = counted.iter().map(|line| Bound::new(&line.name, line.counted)).collect();
        Self { tools: tools(), lines }
    }

    /// The table in the repository.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path()).context("no bounds yet: make them by --renew")?;
        let tools = text.lines().find_map(|line| line.strip_prefix("# With ")).unwrap_or_default();
        let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let lines = lines.map(Bound::parse).collect::<Result<_, _>>()?;
        Ok(Self { tools: tools.to_owned(), lines })
    }

    /// Puts it into the repository.
    pub(crate) fn write(&self) -> anyhow::Result<()> {
        let mut text = format!("{HEADER}# With {}\n", self.tools);
        for Bound { name, counted, most } in &self.lines {
            writeln!(text, "{name:<19} {counted:>9} {most:>9}")?;
        }
        std::fs::write(path(), text)?;
        println!("{} is new; commit it with what made it so", path().display());
        Ok(())
    }

    /// What the table was made with, beside what there is now.
    pub(crate) fn tools_now(&self) -> String {
        format!("then: {}; now: {}", self.tools, tools())
    }

    /// The most that a request may come to with the tools that there are.
    fn most(&self, bound: &Bound) -> u64 {
        if self.tools == tools() { bound.most } else { bound.counted * (100 + OTHER_TOOLS) / 100 }
    }

    /// What to say of what was counted.
    pub(crate) fn judge(&self, found: &[Bound]) -> Judgement {
        let mut text = String::new();
        let mut exceeded = 0;
        for Bound { name, counted, .. } in found {
            let bound = self.lines.iter().find(|line| line.name == *name);
            let most = bound.map_or(0, |bound| self.most(bound));
            let verdict = match bound {
                Some(_) if *counted > most => "EXCEEDED",
                Some(bound) if with_tolerance(name, *counted) < bound.counted => {
                    "fewer: --renew keeps it"
                }
                Some(_) => "within",
                None => "EXCEEDED: it has no bound yet",
            };
            exceeded += usize::from(verdict.starts_with("EXCEEDED"));
            let change = bound.map_or(0.0, |bound| {
                100.0 * (*counted as f64 - bound.counted as f64) / bound.counted as f64
            });
            text +=
                &format!("{name:<18} {counted:>9}  {change:>+6.1} %  of {most:>9}  {verdict}\n");
        }
        Judgement { text, exceeded }
    }
}

/// What to say, and how many bounds are exceeded.
pub(crate) struct Judgement {
    text: String,
    pub(crate) exceeded: usize,
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The most that a scene of this name may come to, where so many instructions were counted.
fn with_tolerance(name: &str, counted: u64) -> u64 {
    let percent = match name {
        LONG_COPIES => TOLERANCE_OF_COPIES,
        _ if WORST.iter().any(|scene| scene.name == name) => TOLERANCE_OF_MANY,
        _ => TOLERANCE,
    };
    counted * (100 + percent) / 100
}

fn path() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "instructions", "bounds.txt"].iter().collect()
}

/// The compiler and the counter: others count otherwise.
fn tools() -> String {
    let version = |program: &str| {
        let said = Command::new(program).arg("--version").output().ok();
        said.and_then(|said| String::from_utf8(said.stdout).ok()).unwrap_or_default()
    };
    format!("{}, {}", version("rustc").trim(), version("valgrind").trim())
}
