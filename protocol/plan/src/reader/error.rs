//! Why a text names no seats of a plan.

use thiserror::Error;

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LabelError {
    /// Nothing in the plan is called that.
    #[error("there is no {text}: {hint}")]
    Unknown { text: String, hint: String },
    /// The text names no section of the plan before its colon.
    #[error("there is no section {section:?}; there are {known}")]
    UnknownSection { section: String, known: String },
    /// The same label is in several sections.
    #[error("{text} is in {count} sections: write {choices}")]
    SeveralSections { text: String, count: String, choices: String },
    /// The text means several things.
    #[error("{text} can be {meanings}: write {choices}")]
    Ambiguous { text: String, meanings: String, choices: String },
    /// The ends of a range are in different rows.
    #[error("{text} is over several rows; a range of seats is within one row")]
    SeveralRows { text: String },
    /// A list names a seat more than once.
    #[error("{label} is there twice")]
    Twice { label: String },
    #[error("{text} is {found} seats; one was expected")]
    NotOne { text: String, found: usize },
    /// A text that can be read in so many ways that not all were tried.
    #[error(
        "{text:?} and what is before it can be read in too many ways; write seats like {example}"
    )]
    TooVague { text: String, example: String },
    #[error("seats are missing; write them like {example}")]
    Empty { example: String },
    #[error("a list names at most {ranges} ranges and {seats} seats")]
    TooMany { ranges: usize, seats: usize },
    #[error("a list of seats has at most {max} bytes")]
    TooLong { max: usize },
}
