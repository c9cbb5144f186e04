//! Which workloads there are, and mixes of them.

use super::{
    Asked, Browse, Desk, Hall, Holds, Next, Outcome, Reads, Rush, Seats, Size, Standing, Supply,
    Turnover, View, Workload,
};
use boxoffice_client::protocol::limits::MAX_STANDING_CAPACITY;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A workload's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Rush,
    Season,
    Standing,
    Seats,
    Holds,
    Browse,
    Best,
    Event,
    Map,
}

/// What there is to know of a workload before it runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// Which one.
    pub(crate) name: Name,
    /// As it is typed.
    pub(crate) word: &'static str,
    /// What it asks for.
    pub(crate) asks: &'static str,
    /// How many events it has if nothing else is said.
    pub(crate) events: u32,
    /// How large each is if nothing else is said.
    pub(crate) size: Size,
}

impl About {
    const fn new(
        name: Name,
        word: &'static str,
        asks: &'static str,
        (events, size): (u32, Size),
    ) -> Self {
        Self { name, word, asks, events, size }
    }
}

/// Every workload.
pub(crate) const ALL: [About; 9] = [
    About::new(
        Name::Rush,
        "rush",
        "one to four adjacent seats of one event that sells out; who is refused tries others",
        (1, Size::Seats(20_000)),
    ),
    About::new(
        Name::Season,
        "season",
        "one standing place of one of thousands of events, all equally wanted",
        (5_000, Size::Standing(1_000_000)),
    ),
    About::new(
        Name::Standing,
        "standing",
        "one standing place at a time of one event: one counter, the hottest spot",
        (1, Size::Standing(MAX_STANDING_CAPACITY)),
    ),
    About::new(
        Name::Seats,
        "seats",
        "exact seats, one at a time and each once, event after event in scattered order",
        (10, Size::Seats(1_000_000)),
    ),
    About::new(
        Name::Holds,
        "holds",
        "hold a seat, think, then confirm (70 %), release (10 %), or let it expire (20 %)",
        (10, Size::Seats(1_000_000)),
    ),
    About::new(
        Name::Browse,
        "browse",
        "60 % seat maps, 25 % events, 10 % lists, 5 % best seats reserved or cancelled",
        (20, Size::Seats(5_000)),
    ),
    About::new(
        Name::Best,
        "best",
        "the best seats of a half sold arena; for each reservation another is cancelled",
        (1, Size::Seats(100_000)),
    ),
    About::new(Name::Event, "event", "look at one event and its counts", (1, Size::Seats(100))),
    About::new(Name::Map, "map", "look at the seat map of one event", (1, Size::Seats(100))),
];

/// How workloads can be varied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    /// Places of a reservation, where the workload does not choose them.
    pub(crate) party: Option<PlaceCount>,
    /// How long people think before they confirm or release.
    pub(crate) think: Duration,
    /// Whether reads may be answered from the cache.
    pub(crate) freshness: Freshness,
}

/// Seats of a reservation of `best` if nothing else is said.
const BEST_PARTY: u32 = 4;
/// The part of the seats that `best` keeps sold.
const BEST_PART: f64 = 0.5;
/// The part of the seats that `browse` keeps sold.
const BROWSED_PART: f64 = 0.2;

/// A workload, or several and how often each has its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix(Vec<(Name, u32)>);

impl Name {
    /// What there is to know of it.
    pub(crate) fn about(self) -> &'static About {
        let about = ALL.iter().find(|about| about.name == self);
        about.expect("every name is in the list")
    }

    /// Whether it holds places for a while.
    pub(crate) fn is_holding(self) -> bool {
        self == Self::Holds
    }

    /// The part of thread `thread` of `threads`, with these events.
    fn workload(
        self,
        halls: Vec<Hall>,
        options: &Options,
        thread: (u32, u32),
    ) -> Box<dyn Workload> {
        let Options { party, think, freshness } = *options;
        let one = party.unwrap_or(PlaceCount::ONE);
        match self {
            Self::Rush => Box::new(Rush::new(halls)),
            Self::Standing | Self::Season => Box::new(Standing::new(halls, one)),
            Self::Seats => Box::new(Seats(Supply::new(halls, thread))),
            Self::Holds => Box::new(Holds::new(Supply::new(halls, thread), think)),
            Self::Browse => {
                let changes = Turnover::new(halls.clone(), one, BROWSED_PART, thread.1);
                Box::new(Browse::new(Reads::new(halls, View::Seats, freshness), changes))
            }
            Self::Best => {
                let party = party.or(PlaceCount::new(BEST_PARTY).ok()).unwrap_or(one);
                Box::new(Turnover::new(halls, party, BEST_PART, thread.1))
            }
            Self::Event => Box::new(Reads::new(halls, View::Event, freshness)),
            Self::Map => Box::new(Reads::new(halls, View::Seats, freshness)),
        }
    }
}

impl Mix {
    /// The workloads, and how often each has its turn.
    pub(crate) fn parts(&self) -> &[(Name, u32)] {
        &self.0
    }

    /// The part of thread `thread` of `threads`, with the events of each workload.
    pub(crate) fn workload(
        &self,
        halls: &[Vec<Hall>],
        options: &Options,
        thread: (u32, u32),
    ) -> Box<dyn Workload> {
        let mut parts = self.0.iter().zip(halls).map(|((name, weight), halls)| {
            (*weight, name.workload(halls.clone(), options, thread))
        });
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

    fn told(&mut self, desk: &mut Desk, asked: &Asked, outcome: Outcome, now_ns: u64) {
        if let Some((_, part)) = self.parts.get_mut(usize::from(asked.part)) {
            part.told(desk, asked, outcome, now_ns);
        }
    }

    fn is_ready(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.is_ready())
    }
}
