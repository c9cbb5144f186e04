//! Exchanges and violations in words.

use super::merged::{Exchanges, Position};
use crate::exchange::{Claim, EventBefore, Exchange, NEVER, Outcome, Taken, refusal_name};
use crate::result::{ExchangeRecord, ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::reply::Effect;

/// Seats that are named; of more only the number is told.
const NAMED_SEATS: usize = 8;

/// A violation of `event` that these exchanges show.
pub(super) fn violation(
    kind: ViolationKind,
    what: impl Into<String>,
    event: &EventBefore,
    exchanges: &Exchanges,
    shown: &[Position],
) -> ViolationRecord {
    let shown = shown.iter().map(|&position| record(&exchanges.at(position), event));
    let (what, history) = (what.into(), shown.collect());
    ViolationRecord { kind, what, event: event.id.to_string(), history }
}

/// What was seen of an event before or after the run.
pub(super) fn observation(version: u64, said: String) -> ExchangeRecord {
    ExchangeRecord { connection: None, sent_ns: None, done_ns: None, version, said }
}

fn record(exchange: &Exchange<'_>, event: &EventBefore) -> ExchangeRecord {
    ExchangeRecord {
        connection: Some(exchange.connection),
        sent_ns: Some(exchange.sent_ns),
        done_ns: Some(exchange.done_ns).filter(|&done| done != NEVER),
        version: exchange.version,
        said: said(&exchange.outcome, event),
    }
}

fn said(outcome: &Outcome<'_>, event: &EventBefore) -> String {
    match *outcome {
        Outcome::Reservation { number, effect, status, places, .. } => {
            let effect = if effect == Effect::Applied { "now" } else { "as before" };
            format!("#{number} {status} {effect}: {}", self::places(places, event))
        }
        Outcome::Refused { code, number, claim } => {
            let number = number.map(|number| format!("#{number} ")).unwrap_or_default();
            let claim = match claim {
                Claim::Nothing => String::new(),
                Claim::Taken(seat) => format!(": {}", places(Taken::Seat(seat), event)),
                Claim::Free(free) => format!(": {free} free"),
            };
            format!("{number}refused {}{claim}", refusal_name(code))
        }
        Outcome::Read { age_ms, counts } => {
            let age = match age_ms {
                None => "fresh".to_owned(),
                Some(age) => format!("cached, {age} ms old"),
            };
            format!("read ({age}): {}", self::counts(&counts))
        }
        Outcome::Unknown { number } => format!("#{number} no answer"),
    }
}

/// `A12 A13`, or `2 in floor`.
pub(super) fn places(places: Taken<'_>, event: &EventBefore) -> String {
    match places {
        Taken::Standing { section, places } => {
            let section = event.spec.sections.as_slice().get(usize::from(section));
            let name = section.map_or("no section", |section| section.name.as_str());
            format!("{places} in {name}")
        }
        _ if places.seats().len() > NAMED_SEATS => format!("{} seats", places.seats().len()),
        _ => {
            let labels = places.seats().iter().map(|&seat| event.spec.sections.label(seat));
            labels.map(|label| label.to_string()).collect::<Vec<_>>().join(" ")
        }
    }
}

pub(super) fn counts(counts: &Counts) -> String {
    let Counts { free, held, sold, blocked } = counts;
    format!("{free} free, {held} held, {sold} sold, {blocked} blocked")
}
