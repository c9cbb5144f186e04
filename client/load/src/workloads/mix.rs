//! All workloads, and mixes of them.

use super::holds::HoldsWorkload;
use super::reads::{BrowseWorkload, ReadView, ReadWorkload};
use super::request_maker::RequestMaker;
use super::rush::RushWorkload;
use super::seats::{SeatSupply, SeatsWorkload};
use super::sent_request::{NextRequest, SentRequest, StepOutcome};
use super::standing::StandingWorkload;
use super::turnover::TurnoverWorkload;
use super::venue::{Venue, VenueSize};
use super::workload::Workload;
use boxoffice_client::protocol::limits::MAX_STANDING_CAPACITY;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkloadName {
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

/// A workload as `--list` explains it.
#[derive(Debug, Clone, Copy)]
pub struct WorkloadDescription {
    pub(crate) name: WorkloadName,
    /// The name as it is typed.
    pub word: &'static str,
    /// The requests that it sends.
    pub asks: &'static str,
    /// The number of its events, without `--events`.
    pub events: u32,
    /// The size of each, without `--places`.
    pub size: VenueSize,
}

impl WorkloadDescription {
    const fn new(
        name: WorkloadName,
        word: &'static str,
        asks: &'static str,
        (events, size): (u32, VenueSize),
    ) -> Self {
        Self { name, word, asks, events, size }
    }
}

pub const WORKLOADS: [WorkloadDescription; 9] = [
    WorkloadDescription::new(
        WorkloadName::Rush,
        "rush",
        "one to four adjacent seats of one event that sells out; after a refusal others are tried",
        (1, VenueSize::Seats(20_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Season,
        "season",
        "one standing place of one of thousands of events, all equally wanted",
        (5_000, VenueSize::Standing(1_000_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Standing,
        "standing",
        "one standing place at a time of one event: one counter, the hottest spot",
        (1, VenueSize::Standing(MAX_STANDING_CAPACITY)),
    ),
    WorkloadDescription::new(
        WorkloadName::Seats,
        "seats",
        "exact seats, one at a time and each once, event after event in scattered order",
        (10, VenueSize::Seats(1_000_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Holds,
        "holds",
        "hold a seat, think, then confirm (70 %), release (10 %), or let it expire (20 %)",
        (10, VenueSize::Seats(1_000_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Browse,
        "browse",
        "60 % seat maps, 25 % events, 10 % lists, 5 % best seats reserved or cancelled",
        (20, VenueSize::Seats(5_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Best,
        "best",
        "the best seats of a half sold arena; for each reservation another is cancelled",
        (1, VenueSize::Seats(100_000)),
    ),
    WorkloadDescription::new(
        WorkloadName::Event,
        "event",
        "look at one event and its counts",
        (1, VenueSize::Seats(100)),
    ),
    WorkloadDescription::new(
        WorkloadName::Map,
        "map",
        "look at the seat map of one event",
        (1, VenueSize::Seats(100)),
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkloadOptions {
    /// Places of a reservation, unless the workload chooses them.
    pub(crate) party: Option<PlaceCount>,
    /// The time between a hold and its next step.
    pub(crate) think: Duration,
    pub(crate) freshness: Freshness,
}

/// Seats of a reservation of `best`, without `--party`.
const BEST_PARTY: u32 = 4;
/// The part of the seats that `best` keeps sold.
const BEST_PART: f64 = 0.5;
/// The part of the seats that `browse` keeps sold.
const BROWSED_PART: f64 = 0.2;

/// One workload, or several with weights: `browse=9,holds=1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mix(Vec<(WorkloadName, u32)>);

impl WorkloadName {
    pub(crate) fn description(self) -> &'static WorkloadDescription {
        let description = WORKLOADS.iter().find(|description| description.name == self);
        description.expect("every name is in the list")
    }

    /// Whether it sends holds.
    pub(crate) fn is_holding(self) -> bool {
        self == Self::Holds
    }

    /// The part of one thread, for these events.
    fn workload(
        self,
        venues: Vec<Venue>,
        options: &WorkloadOptions,
        thread: (u32, u32),
    ) -> Box<dyn Workload> {
        let WorkloadOptions { party, think, freshness } = *options;
        let one = party.unwrap_or(PlaceCount::ONE);
        match self {
            Self::Rush => Box::new(RushWorkload::new(venues)),
            Self::Standing | Self::Season => Box::new(StandingWorkload::new(venues, one)),
            Self::Seats => Box::new(SeatsWorkload(SeatSupply::new(venues, thread))),
            Self::Holds => Box::new(HoldsWorkload::new(SeatSupply::new(venues, thread), think)),
            Self::Browse => {
                let changes = TurnoverWorkload::new(venues.clone(), one, BROWSED_PART, thread.1);
                Box::new(BrowseWorkload::new(
                    ReadWorkload::new(venues, ReadView::Seats, freshness),
                    changes,
                ))
            }
            Self::Best => {
                let party = party.or(PlaceCount::new(BEST_PARTY).ok()).unwrap_or(one);
                Box::new(TurnoverWorkload::new(venues, party, BEST_PART, thread.1))
            }
            Self::Event => Box::new(ReadWorkload::new(venues, ReadView::Event, freshness)),
            Self::Map => Box::new(ReadWorkload::new(venues, ReadView::Seats, freshness)),
        }
    }
}

impl Mix {
    /// The workloads with their weights.
    pub(crate) fn parts(&self) -> &[(WorkloadName, u32)] {
        &self.0
    }

    /// The part of one thread, for the events of each workload.
    pub(crate) fn workload(
        &self,
        venues: &[Vec<Venue>],
        options: &WorkloadOptions,
        thread: (u32, u32),
    ) -> Box<dyn Workload> {
        let mut parts = self.0.iter().zip(venues).map(|((name, weight), venues)| {
            (*weight, name.workload(venues.clone(), options, thread))
        });
        match (self.0.len(), parts.next()) {
            (1, Some((_, only))) => only,
            (_, first) => {
                Box::new(MixedWorkload { parts: first.into_iter().chain(parts).collect() })
            }
        }
    }
}

impl FromStr for Mix {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(|part| {
            let (word, weight) = part.split_once('=').unwrap_or((part, "1"));
            let description = WORKLOADS
                .iter()
                .find(|description| description.word == word)
                .ok_or_else(|| unknown(word))?;
            match weight.parse() {
                Ok(weight @ 1..=1_000_000) => Ok((description.name, weight)),
                _ => Err(format!("{weight:?} is no weight; one is 1 to 1000000, like {word}=9")),
            }
        });
        let parts: Vec<(WorkloadName, u32)> = parts.collect::<Result<_, String>>()?;
        let twice = (1..parts.len()).find(|&at| parts[..at].iter().any(|it| it.0 == parts[at].0));
        match twice {
            Some(at) => Err(format!("{} is there twice", parts[at].0.description().word)),
            None => Ok(Self(parts)),
        }
    }
}

fn unknown(word: &str) -> String {
    let words: Vec<&str> = WORKLOADS.iter().map(|description| description.word).collect();
    format!("there is no workload {word:?}; there are {}", words.join(", "))
}

impl fmt::Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [(only, _)] = self.0.as_slice() {
            return f.pad(only.description().word);
        }
        for (index, (name, weight)) in self.0.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            write!(f, "{comma}{}={weight}", name.description().word)?;
        }
        Ok(())
    }
}

/// Several workloads that take turns by weight.
struct MixedWorkload {
    parts: Vec<(u32, Box<dyn Workload>)>,
}

impl Workload for MixedWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        let sum: u32 = self.parts.iter().map(|(weight, _)| weight).sum();
        let mut drawn = requests.rng.u32(..sum);
        for (index, (weight, part)) in (0..).zip(&mut self.parts) {
            if drawn < *weight {
                return match part.next(requests, now_ns) {
                    NextRequest::Send(sent, request) => {
                        NextRequest::Send(SentRequest { part: index, ..sent }, request)
                    }
                    NextRequest::Over => NextRequest::Over,
                };
            }
            drawn -= *weight;
        }
        NextRequest::Over
    }

    fn answered(
        &mut self,
        requests: &mut RequestMaker,
        sent: &SentRequest,
        outcome: StepOutcome,
        now_ns: u64,
    ) {
        if let Some((_, part)) = self.parts.get_mut(usize::from(sent.part)) {
            part.answered(requests, sent, outcome, now_ns);
        }
    }

    fn is_ready(&self) -> bool {
        self.parts.iter().all(|(_, part)| part.is_ready())
    }
}
