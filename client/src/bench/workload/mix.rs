//! Which workloads there are, and mixes of them.

use super::{Asked, Desk, Hall, Next, Outcome, Seats, Size, Standing, Supply, Workload};
use boxoffice_client::protocol::limits::MAX_STANDING_CAPACITY;
use boxoffice_client::protocol::reservation::PlaceCount;
use std::fmt;
use std::str::FromStr;

/// A workload's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Standing,
    Season,
    Seats,
}

/// What there is to know of a workload before it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// Which one.
    pub(crate) name: Name,
    /// As it is typed.
    pub(crate) word: &'static str,
    /// What it does, in a sentence.
    pub(crate) does: &'static str,
    /// How many events it has if nothing else is said.
    pub(crate) events: u32,
    /// How large each is if nothing else is said.
    pub(crate) size: Size,
}

/// Every workload.
pub(crate) const ALL: [About; 3] = [
    About {
        name: Name::Standing,
        word: "standing",
        does: "reserves one standing place at a time of one event: one counter, the hottest spot",
        events: 1,
        size: Size::Standing(MAX_STANDING_CAPACITY),
    },
    About {
        name: Name::Season,
        word: "season",
        does: "reserves standing places of thousands of events, each as likely as any other",
        events: 5_000,
        size: Size::Standing(1_000_000),
    },
    About {
        name: Name::Seats,
        word: "seats",
        does: "reserves exact seats one by one, event after event, scattered, each seat once",
        events: 10,
        size: Size::Seats(1_000_000),
    },
];

/// A workload, or several and how often each has its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mix(Vec<(Name, u32)>);

impl Name {
    pub(crate) fn about(self) -> &'static About {
        let about = ALL.iter().find(|about| about.name == self);
        about.expect("every name is in the list")
    }

    /// The part of thread `thread` of `threads`, with these events.
    fn workload(self, halls: Vec<Hall>, thread: (u32, u32)) -> Box<dyn Workload> {
        match self {
            Self::Standing | Self::Season => Box::new(Standing::new(halls, PlaceCount::ONE)),
            Self::Seats => Box::new(Seats(Supply::new(halls, thread))),
        }
    }
}

impl Mix {
    /// The workloads, and how often each has its turn.
    pub(crate) fn parts(&self) -> &[(Name, u32)] {
        &self.0
    }

    /// The part of thread `thread` of `threads`, with the events of each workload.
    pub(crate) fn workload(&self, halls: &[Vec<Hall>], thread: (u32, u32)) -> Box<dyn Workload> {
        let parts = self.0.iter().zip(halls);
        let mut parts =
            parts.map(|((name, weight), halls)| (*weight, name.workload(halls.clone(), thread)));
        match (self.0.len(), parts.next()) {
            (1, Some((_, only))) => only,
            (_, first) => Box::new(Mixed { parts: first.into_iter().chain(parts).collect() }),
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(|part| {
            let (word, weight) = part.split_once('=').unwrap_or((part, "1"));
            let about = ALL.iter().find(|about| about.word == word).ok_or_else(|| unknown(word))?;
            match weight.parse() {
                Ok(weight @ 1..=1_000_000) => Ok((about.name, weight)),
                _ => Err(format!("{weight:?} is no weight; one is 1 to 1000000, like {word}=9")),
            }
        });
        let parts: Vec<(Name, u32)> = parts.collect::<Result<_, String>>()?;
        let twice = (1..parts.len()).find(|&at| parts[..at].iter().any(|it| it.0 == parts[at].0));
        match twice {
            Some(at) => Err(format!("{} is there twice", parts[at].0.about().word)),
            None => Ok(Self(parts)),
        }
    }
}

fn unknown(word: &str) -> String {
    let words: Vec<&str> = ALL.iter().map(|about| about.word).collect();
    format!("there is no workload {word:?}; there are {}", words.join(", "))
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [(only, _)] = self.0.as_slice() {
            return f.pad(only.about().word);
        }
        for (index, (name, weight)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}={weight}", name.about().word)?;
        }
        Ok(())
    }
}

/// Several workloads, each of which has its turn as often as its weight says.
struct Mixed {
    parts: Vec<(u32, Box<dyn Workload>)>,
}

impl Workload for Mixed {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        let sum: u32 = self.parts.iter().map(|(weight, _)| weight).sum();
        let mut drawn = desk.rng.u32(..sum);
        for (index, (weight, part)) in (0..).zip(&mut self.parts) {
            if drawn < *weight {
                return match part.next(desk, now_ns) {
                    Next::Ask(asked, request) => Next::Ask(Asked { part: index, ..asked }, request),
                    Next::Over => Next::Over,
                };
            }
            drawn -= *weight;
        }
        Next::Over
    }

    fn told(&mut self, asked: &Asked, outcome: Outcome, now_ns: u64) {
        if let Some((_, part)) = self.parts.get_mut(usize::from(asked.part)) {
            part.told(asked, outcome, now_ns);
        }
    }

    fn is_ready(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.is_ready())
    }
}
