//! The arguments of `plan`.

use crate::help;
use boxoffice_plan::PlanDigest;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// Commands about plans.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanCommand {
    #[command(flatten)]
    File(PlanFileCommand),
    #[command(flatten)]
    Kept(KeptPlanCommand),
}

/// Commands about a plan that a server keeps.
#[derive(Debug, Subcommand)]
pub(crate) enum KeptPlanCommand {
    /// Have the server keep a plan, and print its digest
    #[command(after_help = help::PLAN_PUT)]
    Put {
        /// The plan: TOML, or JSON if its name ends so
        file: PathBuf,
    },
    /// Get a plan that the server keeps
    #[command(after_help = help::PLAN_GET)]
    Get {
        /// The digest, as `plan put` and `plan check` print it
        digest: PlanDigest,
        /// The plan: TOML, or JSON if its name ends so; printed if left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Commands about a plan in a file. No server is asked.
#[derive(Debug, Subcommand)]
pub(crate) enum PlanFileCommand {
    /// Check a plan, and print what it has
    #[command(after_help = help::PLAN_CHECK)]
    Check {
        /// The plan: TOML, or JSON if its name ends so
        file: PathBuf,
    },
    /// Show a plan: a table of its sections, and its rows seat by seat
    #[command(after_help = help::PLAN_SHOW)]
    Show {
        /// The plan: TOML, or JSON if its name ends so
        file: PathBuf,
        /// Draw only this section
        #[arg(long, value_name = "NAME")]
        section: Option<String>,
    },
    /// Make a plan from another program's
    #[command(after_help = help::PLAN_IMPORT)]
    Import {
        /// The other program's file
        file: PathBuf,
        /// The other program
        #[arg(long)]
        format: ImportFormat,
        /// The plan: TOML, or JSON if its name ends so; printed if left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Write a plan for another program, or as a picture
    #[command(after_help = help::PLAN_EXPORT)]
    Export {
        /// The plan: TOML, or JSON if its name ends so
        file: PathBuf,
        /// The kind of file that is written
        #[arg(long)]
        format: ExportFormat,
        /// The file that is written; printed if left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// A program whose plans can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A seating plan of pretix, as JSON
    Pretix,
}

/// A kind of file that plans can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A seating plan of pretix, as JSON
    Pretix,
    /// A picture
    Svg,
    /// The plan itself, as TOML
    Toml,
    /// The plan itself, as JSON
    Json,
}
