//! Exchanges and violations in words.

use super::merged_history::{ExchangePosition, MergedHistory};
use crate::history::exchange::{
    EventBefore, Exchange, ExchangeOutcome, ExchangePlaces, NEVER, RefusalClaim, refusal_name,
};
use crate::result::{ExchangeRecord, ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::reply::Effect;

/// Up to this number, seats are named; of more only the number is shown.
const NAMED_SEATS: usize = 8;

/// A violation with the exchanges that show it.
pub(super) fn violation(
    kind: ViolationKind,
    what: impl Into<String>,
    event: &EventBefore,
    exchanges: &MergedHistory,
    shown: &[ExchangePosition],
) -> ViolationRecord {
    let shown = shown.iter().map(|&position| record(&exchanges.at(position), event));
    let (what, history) = (what.into(), shown.collect());
    ViolationRecord { kind, what, event: event.id.to_string(), history }
}

/// An observation of an event before or after the run.
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

fn said(outcome: &ExchangeOutcome<'_>, event: &EventBefore) -> String {
    match *outcome {
        ExchangeOutcome::Reservation { number, effect, status, places, .. } => {
            let effect = if effect == Effect::Applied { "now" } else { "as before" };
            format!("#{number} {status} {effect}: {}", self::places(places, event))
        }
        ExchangeOutcome::Refused { code, number, claim } => {
            let number = number.map(|number| format!("#{number} ")).unwrap_or_default();
            let claim = match claim {
                RefusalClaim::Nothing => String::new(),
                RefusalClaim::Taken(seat) => {
                    format!(": {}", places(ExchangePlaces::Seat(seat), event))
                }
                RefusalClaim::Free(free) => format!(": {free} free"),
            };
            format!("{number}refused {}{claim}", refusal_name(code))
        }
        ExchangeOutcome::Read { age_ms, counts } => {
            let age = match age_ms {
                None => "fresh".to_owned(),
                Some(age) => format!("cached, {age} ms old"),
            };
            format!("read ({age}): {}", self::counts(&counts))
        }
        ExchangeOutcome::Unknown { number } => format!("#{number} no answer"),
    }
}

/// `A12 A13`, or `2 in floor`.
pub(super) fn places(places: ExchangePlaces<'_>, event: &EventBefore) -> String {
    match places {
        ExchangePlaces::Standing { section, places } => {
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
