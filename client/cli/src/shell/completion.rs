//! Completion: the candidates for the word at the cursor, by the definition of the command line.

use super::line::OWN_WORDS;
use crate::args::{CommandLine, PromptLine};
use crate::commands::hall_of;
use boxoffice_client::Client;
use boxoffice_client::protocol::event::{Layout, PlaceState, SeatMap, Sections, numbered};
use boxoffice_client::protocol::id::{EventId, Seat};
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::{Reservation, Status};
use boxoffice_plan::Hall;
use clap::{ArgAction, CommandFactory};
use std::time::Duration;

/// The longest wait for candidates.
pub(super) const COMPLETION_TIME: Duration = Duration::from_secs(2);

/// The most candidates that are shown.
pub(super) const MOST: usize = 100;

/// The kind of the word at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CompletionKind {
    Words(Vec<String>),
    Event,
    Seat(EventId),
    /// A reservation that fits the command.
    Reservation {
        /// The event, if the line names it.
        event: Option<EventId>,
        command: String,
    },
    File,
    Anything,
}

/// The word that ends at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CursorWord<'a> {
    /// The byte offset of its beginning in the line.
    pub(super) start: usize,
    pub(super) text: &'a str,
    pub(super) kind: CompletionKind,
}

/// Parses the line of the prompt up to the cursor.
pub(super) fn word_at(before: &str) -> CursorWord<'_> {
    word_in(PromptLine::command(), &OWN_WORDS, before)
}

/// Parses a line of another shell up to the cursor, without the name of the program.
pub(super) fn word_of_program(before: &str) -> CursorWord<'_> {
    word_in(CommandLine::command(), &[], before)
}

fn word_in<'a>(mut command: clap::Command, own_words: &[&str], before: &'a str) -> CursorWord<'a> {
    command.build();
    let start = before
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + before[space..].chars().next().map_or(1, char::len_utf8));
    let (earlier, text) = before.split_at(start);
    let earlier: Vec<_> = earlier.split_whitespace().collect();
    match kind(&command, own_words, &earlier, text) {
        // A list of seats continues behind its last comma.
        seat @ CompletionKind::Seat(_) => {
            let list = text.rfind(',').map_or(0, |comma| comma + 1);
            CursorWord { start: start + list, text: &text[list..], kind: seat }
        }
        kind => CursorWord { start, text, kind },
    }
}

fn kind(
    command: &clap::Command,
    own_words: &[&str],
    earlier: &[&str],
    text: &str,
) -> CompletionKind {
    let mut command = command;
    let mut rest = earlier;
    while command.has_subcommands() {
        let Some((first, after)) = rest.split_first() else {
            if text.starts_with('-') {
                return options(command);
            }
            let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
            let mut words: Vec<_> = shown.map(|sub| sub.get_name().to_owned()).collect();
            if earlier.is_empty() {
                words.extend(
                    own_words.iter().filter(|own| **own != "help").map(|own| (*own).to_owned()),
                );
            }
            return CompletionKind::Words(words);
        };
        rest = match (option_with_value(command, first), after.split_first()) {
            (Some(option), None) => return of_argument(option, command, None),
            (Some(_), Some((_, after))) => after,
            (None, _) if first.starts_with('-') => after,
            (None, _) => {
                let Some(sub) = command.find_subcommand(first) else {
                    return CompletionKind::Anything;
                };
                command = sub;
                after
            }
        };
    }
    argument(command, rest, text)
}

/// The option that a word names, if a value follows it.
fn option_with_value<'a>(command: &'a clap::Command, word: &str) -> Option<&'a clap::Arg> {
    let long = word.strip_prefix("--")?;
    let option = command.get_arguments().find(|argument| argument.get_long() == Some(long))?;
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append).then_some(option)
}

fn options(command: &clap::Command) -> CompletionKind {
    let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
    let longs = shown.filter_map(|argument| Some(format!("--{}", argument.get_long()?)));
    CompletionKind::Words(longs.collect())
}

/// The kind of the argument of `command` after those in `earlier`.
fn argument(command: &clap::Command, earlier: &[&str], text: &str) -> CompletionKind {
    if let Some(option) = earlier.last().and_then(|last| option_with_value(command, last)) {
        return of_argument(option, command, None);
    }
    if text.starts_with('-') {
        return options(command);
    }
    let mut given = Vec::new();
    let mut words = earlier.iter();
    while let Some(word) = words.next() {
        if option_with_value(command, word).is_some() {
            words.next();
        } else if !word.starts_with('-') {
            given.push(*word);
        }
    }
    let positions: Vec<_> = command.get_positionals().collect();
    // A last position with a list takes all further words.
    let position = positions
        .get(given.len())
        .or_else(|| positions.last().filter(|last| matches!(last.get_action(), ArgAction::Append)));
    let event = given.first().and_then(|event| EventId::parse(event).ok());
    position.map_or(CompletionKind::Anything, |position| of_argument(position, command, event))
}

fn of_argument(
    argument: &clap::Arg,
    command: &clap::Command,
    event: Option<EventId>,
) -> CompletionKind {
    let values = argument.get_possible_values();
    if !values.is_empty() {
        return CompletionKind::Words(values.iter().map(|it| it.get_name().to_owned()).collect());
    }
    match (argument.get_id().as_str(), event) {
        ("event", _) => CompletionKind::Event,
        ("seats", Some(event)) => CompletionKind::Seat(event),
        ("id", event) => {
            CompletionKind::Reservation { event, command: command.get_name().to_owned() }
        }
        ("file" | "out" | "from" | "ca" | "token_file", _) => CompletionKind::File,
        _ => CompletionKind::Anything,
    }
}

/// The events, or the free seats, that begin with `start`; none for another kind, or without an
/// answer.
pub(super) async fn live(
    client: &Client,
    kind: &CompletionKind,
    start: &str,
) -> Option<Vec<String>> {
    match kind {
        CompletionKind::Event => {
            let events = client.events().await.ok()?;
            let ids = events.iter().map(|event| event.id.to_string());
            Some(ids.filter(|id| id.starts_with(start)).collect())
        }
        CompletionKind::Seat(event) => {
            let map = client.seats(event, Freshness::Cached).await.ok()?.value;
            let hall = hall_of(client, map.plan).await.ok()?;
            Some(free_seats(&map, &hall, start))
        }
        _ => None,
    }
}

/// The reservations among these that fit the word at the cursor.
pub(super) fn fitting<'a>(
    reservations: &'a [Reservation],
    event: Option<&EventId>,
    command: &str,
    start: &str,
) -> impl Iterator<Item = &'a Reservation> {
    reservations.iter().filter(move |reservation| {
        event.is_none_or(|event| *event == reservation.event)
            && is_fit(command, reservation)
            && reservation.id.to_string().starts_with(start)
    })
}

/// The labels of free seats that begin with `start`.
fn free_seats(map: &SeatMap, hall: &Hall, start: &str) -> Vec<String> {
    let specs = map.sections.iter().map(|section| section.section.clone()).collect();
    let Ok(sections) = Sections::new(specs) else { return Vec::new() };
    let place = start.rfind(':').map_or(0, |colon| colon + 1);
    let start = format!("{}{}", &start[..place], start[place..].to_ascii_uppercase());
    let mut labels = Vec::new();
    for (index, section) in numbered(&map.sections) {
        let Layout::Seated { rows } = &section.section.layout else { continue };
        let seats = (0u16..).zip(rows).flat_map(|(row, &seats)| (0..seats).map(move |n| (row, n)));
        for (place, (row, number)) in seats.enumerate() {
            if section.states.state(place) == Some(PlaceState::Free) {
                let label = hall.label(&sections, Seat::new(index, row, number)).to_string();
                if label.starts_with(&start) {
                    labels.push(label);
                }
            }
            if labels.len() == MOST {
                return labels;
            }
        }
    }
    labels
}

/// Whether `command` is possible for `reservation`.
fn is_fit(command: &str, reservation: &Reservation) -> bool {
    match command {
        "confirm" | "release" | "extend" => reservation.status == Status::Held,
        "cancel" => reservation.status == Status::Confirmed,
        "transfer" | "exchange" | "order" => reservation.status.is_live(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_client::protocol::event::{Counts, PackedStates, SectionMap, SectionSpec};
    use boxoffice_client::protocol::id::SectionName;

    fn check(before: &str, text: &str, kind: &CompletionKind) {
        let word = word_at(before);
        assert_eq!((word.text, &word.kind), (text, kind), "{before:?}");
        assert_eq!(&before[word.start..], text);
    }

    fn words(before: &str) -> Vec<String> {
        match word_at(before).kind {
            CompletionKind::Words(words) => words,
            other => panic!("{before:?} wants {other:?}"),
        }
    }

    #[test]
    fn the_command_line_says_what_comes_next() {
        let dune = EventId::parse("dune-2").expect("a slug");
        check("seats du", "du", &CompletionKind::Event);
        check("event show ", "", &CompletionKind::Event);
        check("reservations --event ", "", &CompletionKind::Event);
        check("hold dune-2 A", "A", &CompletionKind::Seat(dune.clone()));
        check("hold dune-2 A1 A", "A", &CompletionKind::Seat(dune.clone()));
        check("hold dune-2 A1,B2,C", "C", &CompletionKind::Seat(dune.clone()));
        check("hold --customer ann dune-2 ", "", &CompletionKind::Seat(dune.clone()));
        let reservation = |event, command: &str| CompletionKind::Reservation {
            event,
            command: command.to_owned(),
        };
        check("confirm dune-2 01", "01", &reservation(Some(dune), "confirm"));
        check("batch fi", "fi", &CompletionKind::File);
        check("hold dune-2 --customer a", "a", &CompletionKind::Anything);
        check("hlod ", "", &CompletionKind::Anything);
        check("events ", "", &CompletionKind::Anything);
    }

    #[test]
    fn another_shells_line_may_begin_with_options() {
        let dune = EventId::parse("dune-2").expect("a slug");
        for line in ["hold dune-2 A", "--server x:1 --tls hold dune-2 A", "hold --ca f dune-2 A"] {
            let word = word_of_program(line);
            assert_eq!(
                (word.text, &word.kind),
                ("A", &CompletionKind::Seat(dune.clone())),
                "{line}"
            );
        }
        assert_eq!(word_of_program("--ca x").kind, CompletionKind::File);
        let CompletionKind::Words(words) = word_of_program("reservations --status ").kind else {
            panic!("a status is a word");
        };
        assert!(words.contains(&"held".to_owned()), "{words:?}");
        let CompletionKind::Words(words) = word_of_program("").kind else { panic!("a command") };
        assert!(words.contains(&"completions".to_owned()) && !words.contains(&"use".to_owned()));
        assert!(!words.contains(&"complete".to_owned()), "{words:?}");
    }

    #[test]
    fn commands_and_options_are_words() {
        let all = words("ho");
        assert!(
            ["hold", "reserve", "use", "exit"].iter().all(|word| all.contains(&(*word).into()))
        );
        assert_eq!(all.iter().filter(|word| *word == "help").count(), 1);
        assert!(words("event ").contains(&"create".to_owned()));
        assert!(words("hold dune-2 --").contains(&"--together".to_owned()));
    }

    #[test]
    fn seats_that_can_be_had() {
        let section = |name: &str, states: &[PlaceState]| SectionMap {
            section: SectionSpec {
                name: SectionName::parse(name).expect("a word"),
                price: 1,
                layout: Layout::grid(1, 3),
            },
            counts: Counts::default(),
            states: PackedStates::pack(states.iter().copied()),
        };
        let (free, sold) = (PlaceState::Free, PlaceState::Sold);
        let map = SeatMap {
            plan: None,
            sections: vec![section("stalls", &[free, sold, free]), section("box", &[free; 3])]
                .into(),
        };
        assert_eq!(free_seats(&map, &Hall::default(), "stalls:a"), ["stalls:A1", "stalls:A3"]);
        assert_eq!(free_seats(&map, &Hall::default(), "").len(), 5);
        let map =
            SeatMap { plan: None, sections: vec![section("stalls", &[free, sold, free])].into() };
        assert_eq!(free_seats(&map, &Hall::default(), "a"), ["A1", "A3"]);
        assert!(free_seats(&map, &Hall::default(), "B").is_empty());
    }
}
