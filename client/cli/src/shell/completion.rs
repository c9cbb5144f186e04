//! Completion: the candidates for the word at the cursor, by the definition of the command line.

use super::line::OWN_WORDS;
use crate::args::PromptLine;
use boxoffice_client::protocol::event::{Layout, PlaceState, SeatMap, Sections, numbered};
use boxoffice_client::protocol::id::{EventId, Seat};
use boxoffice_client::protocol::reservation::{Reservation, Status};
use clap::{ArgAction, CommandFactory};

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

/// Parses the line up to the cursor.
pub(super) fn word_at(before: &str) -> CursorWord<'_> {
    let start = before
        .rfind(char::is_whitespace)
        .map_or(0, |space| space + before[space..].chars().next().map_or(1, char::len_utf8));
    let (earlier, text) = before.split_at(start);
    let earlier: Vec<_> = earlier.split_whitespace().collect();
    match kind(&earlier, text) {
        // A list of seats continues behind its last comma.
        seat @ CompletionKind::Seat(_) => {
            let list = text.rfind(',').map_or(0, |comma| comma + 1);
            CursorWord { start: start + list, text: &text[list..], kind: seat }
        }
        kind => CursorWord { start, text, kind },
    }
}

fn kind(earlier: &[&str], text: &str) -> CompletionKind {
    let mut command = PromptLine::command();
    command.build();
    let mut command = &command;
    let mut rest = earlier;
    while command.has_subcommands() {
        let Some((first, after)) = rest.split_first() else {
            let mut words: Vec<_> =
                command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
            if earlier.is_empty() {
                words.extend(OWN_WORDS.map(str::to_owned).into_iter().filter(|own| own != "help"));
            }
            return CompletionKind::Words(words);
        };
        let Some(sub) = command.find_subcommand(first) else { return CompletionKind::Anything };
        (command, rest) = (sub, after);
    }
    argument(command, rest, text)
}

/// The kind of the argument of `command` after those in `earlier`.
fn argument(command: &clap::Command, earlier: &[&str], text: &str) -> CompletionKind {
    let option = |word: &str| {
        let long = word.strip_prefix("--")?;
        command.get_arguments().find(|argument| argument.get_long() == Some(long))
    };
    let takes_value = |word: &str| {
        option(word)
            .filter(|argument| matches!(argument.get_action(), ArgAction::Set | ArgAction::Append))
    };
    if let Some(argument) = earlier.last().and_then(|last| takes_value(last)) {
        return of_argument(argument.get_id().as_str(), command, None);
    }
    if text.starts_with('-') {
        let longs = command.get_arguments().filter(|argument| !argument.is_hide_set());
        return CompletionKind::Words(
            longs.filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect(),
        );
    }
    let mut given = Vec::new();
    let mut words = earlier.iter();
    while let Some(word) = words.next() {
        if takes_value(word).is_some() {
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
    position.map_or(CompletionKind::Anything, |position| {
        of_argument(position.get_id().as_str(), command, event)
    })
}

fn of_argument(name: &str, command: &clap::Command, event: Option<EventId>) -> CompletionKind {
    match (name, event) {
        ("event", _) => CompletionKind::Event,
        ("seats", Some(event)) => CompletionKind::Seat(event),
        ("id", event) => {
            CompletionKind::Reservation { event, command: command.get_name().to_owned() }
        }
        ("file" | "out" | "from", _) => CompletionKind::File,
        _ => CompletionKind::Anything,
    }
}

/// The labels of free seats that begin with `start`.
pub(super) fn free_seats(map: &SeatMap, start: &str) -> Vec<String> {
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
                let label = sections.label(Seat::new(index, row, number)).to_string();
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
pub(super) fn is_fit(command: &str, reservation: &Reservation) -> bool {
    match command {
        "confirm" | "release" | "extend" => reservation.status == Status::Held,
        "cancel" => reservation.status == Status::Confirmed,
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
            sections: vec![section("stalls", &[free, sold, free]), section("box", &[free; 3])]
                .into(),
        };
        assert_eq!(free_seats(&map, "stalls:a"), ["stalls:A1", "stalls:A3"]);
        assert_eq!(free_seats(&map, "").len(), 5);
        let map = SeatMap { sections: vec![section("stalls", &[free, sold, free])].into() };
        assert_eq!(free_seats(&map, "a"), ["A1", "A3"]);
        assert!(free_seats(&map, "B").is_empty());
    }
}
