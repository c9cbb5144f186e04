//! One row of the input: from the texts of its columns to a request.

use super::fingerprint::RowFingerprint;
use crate::values::{TypesArg, clip, is_hyphen, seats_of, trim};
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{CustomerId, EventId, ReservationId, SectionName};
use boxoffice_client::protocol::request::Request;
use boxoffice_client::protocol::reservation::{PlaceCount, Selection, Together};
use std::str::FromStr;
use thiserror::Error;

/// The longest row, in bytes. A hundred seats of named sections take a tenth of it.
pub(crate) const MAX_ROW_BYTES: usize = 64 * 1024;

/// The most columns of a header, those included that are ignored.
pub(super) const MAX_COLUMNS: usize = 256;

/// The column, or key, that the reason of a failed row is put into. In an input it is ignored.
pub(super) const REASON: &str = "reason";

/// A row as its format yields it.
pub(super) struct RawRow {
    pub(super) line: u64,
    pub(super) hash: RowFingerprint,
    pub(super) fields: Result<RowFields, BadRow>,
}

/// The columns of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InputColumn {
    Event,
    Customer,
    /// A list of exact seats.
    Seats,
    /// A number of best seats.
    Best,
    /// Whether the best seats must be adjacent.
    Together,
    /// A number of standing places.
    Standing,
    Section,
    /// Either `reserve` or `hold`.
    Action,
    /// The reservation's id, if the file chooses it.
    Id,
    /// The shop's number of the sale, by which a row is found again.
    Order,
    /// The line of the order.
    Line,
    /// The types of the tickets.
    Types,
}

impl InputColumn {
    /// All columns, each at the index of its variant.
    pub(crate) const ALL: [Self; 12] = [
        Self::Event,
        Self::Customer,
        Self::Seats,
        Self::Best,
        Self::Together,
        Self::Standing,
        Self::Section,
        Self::Action,
        Self::Id,
        Self::Order,
        Self::Line,
        Self::Types,
    ];

    /// The column with this name, in any case and with spaces around it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = trim(name);
        Self::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name))
    }

    /// Whether a row may leave it out.
    const fn is_optional(self) -> bool {
        !matches!(self, Self::Event | Self::Customer)
    }

    /// The name in a header, or as a key.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Customer => "customer",
            Self::Seats => "seats",
            Self::Best => "best",
            Self::Together => "together",
            Self::Standing => "standing",
            Self::Section => "section",
            Self::Action => "action",
            Self::Id => "id",
            Self::Order => "order",
            Self::Line => "line",
            Self::Types => "types",
        }
    }

    /// All names, for messages.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

/// The texts of the columns, trimmed; an empty text is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RowFields([Option<String>; InputColumn::ALL.len()]);

impl RowFields {
    /// Sets the text of one column.
    pub(crate) fn set(&mut self, column: InputColumn, text: &str) {
        let text = trim(text);
        let nothing = text.is_empty() || (column.is_optional() && stands_for_nothing(text));
        self.0[column as usize] = (!nothing).then(|| text.to_owned());
    }

    /// A column with text that its encoding does not have, which decoding replaced.
    pub(super) fn undecodable(&self) -> Option<InputColumn> {
        let replaced = |text: &str| text.contains(char::REPLACEMENT_CHARACTER);
        InputColumn::ALL.into_iter().find(|&column| self.text(column).is_some_and(replaced))
    }

    pub(super) fn text(&self, column: InputColumn) -> Option<&str> {
        self.0[column as usize].as_deref()
    }

    fn required(&self, column: InputColumn) -> Result<&str, BadRow> {
        self.text(column).ok_or_else(|| BadRow::new(column.name(), "must not be empty"))
    }

    fn parsed<T: FromStr<Err = InvalidField>>(
        &self,
        column: InputColumn,
    ) -> Result<Option<T>, BadRow> {
        self.text(column).map(T::from_str).transpose().map_err(|error| BadRow::of(column, error))
    }
}

/// Databases and data frames write these into empty cells, and people a dash.
fn stands_for_nothing(text: &str) -> bool {
    let mut characters = text.chars();
    let dash = characters.next().is_some_and(is_hyphen) && characters.next().is_none();
    dash || ["null", "nan"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A row that cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}{why}", column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default())]
pub(crate) struct BadRow {
    /// The faulty column; none if the whole row is.
    pub(crate) column: Option<String>,
    /// The fault, and what is expected.
    pub(crate) why: String,
}

impl BadRow {
    /// A fault of one column.
    pub(crate) fn new(column: &str, why: impl Into<String>) -> Self {
        Self { column: Some(column.to_owned()), why: why.into() }
    }

    /// A fault of the whole row.
    pub(crate) fn whole(why: impl Into<String>) -> Self {
        Self { column: None, why: why.into() }
    }

    fn of(column: InputColumn, error: InvalidField) -> Self {
        Self::new(column.name(), error.why)
    }
}

/// The request that a row makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowAction {
    Reserve,
    Hold,
}

/// The request of a good row, without its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowRequest {
    /// The id, if the file chooses one.
    pub(crate) id: Option<ReservationId>,
    pub(crate) event: EventId,
    pub(crate) customer: CustomerId,
    selection: Selection,
    action: RowAction,
}

impl RowRequest {
    /// Parses the texts of a row.
    pub(crate) fn parse(fields: &RowFields) -> Result<Self, BadRow> {
        let event = EventId::parse(fields.required(InputColumn::Event)?);
        let customer = CustomerId::parse(fields.required(InputColumn::Customer)?);
        Ok(Self {
            event: event.map_err(|error| BadRow::of(InputColumn::Event, error))?,
            customer: customer.map_err(|error| BadRow::of(InputColumn::Customer, error))?,
            selection: typed_selection(fields)?,
            action: action(fields)?,
            id: fields.parsed(InputColumn::Id)?,
        })
    }

    /// The places in words, for tests of what was read.
    #[cfg(test)]
    pub(super) fn places(&self) -> String {
        match self.selection.parts().0 {
            Selection::Ticketed(_) => String::new(),
            Selection::Seats(seats) => {
                let seats: Vec<_> = seats.as_slice().iter().map(ToString::to_string).collect();
                seats.join(" ")
            }
            Selection::Best { places, .. } => format!("best {}", places.as_u32()),
            Selection::Standing { places, .. } => format!("standing {}", places.as_u32()),
        }
    }

    /// The request with its id.
    pub(crate) fn into_request(self, id: ReservationId) -> Request {
        let Self { event, customer, selection, action, .. } = self;
        match action {
            RowAction::Reserve => Request::Reserve { id, event, customer, selection, order: None },
            RowAction::Hold => {
                Request::Hold { id, event, customer, selection, ttl_ms: None, order: None }
            }
        }
    }
}

fn action(fields: &RowFields) -> Result<RowAction, BadRow> {
    let text = fields.text(InputColumn::Action);
    match text.map(|text| (text, text.to_ascii_lowercase())) {
        None => Ok(RowAction::Reserve),
        Some((_, action)) if action == "reserve" => Ok(RowAction::Reserve),
        Some((_, action)) if action == "hold" => Ok(RowAction::Hold),
        Some((other, _)) => Err(BadRow::new(
            InputColumn::Action.name(),
            format!("must be reserve or hold, not {:?}", clip(other)),
        )),
    }
}

fn typed_selection(fields: &RowFields) -> Result<Selection, BadRow> {
    let selection = selection(fields)?;
    Ok(match fields.parsed::<TypesArg>(InputColumn::Types)? {
        Some(TypesArg(types)) => selection.typed(types),
        None => selection,
    })
}

fn selection(fields: &RowFields) -> Result<Selection, BadRow> {
    let kinds = [InputColumn::Seats, InputColumn::Best, InputColumn::Standing];
    let mut given = kinds.into_iter().filter(|&kind| fields.text(kind).is_some());
    let Some(kind) = given.next() else {
        return Err(BadRow::whole("one of seats, best and standing must say which places"));
    };
    if let Some(second) = given.next() {
        let why = format!("only one of seats, best and standing can be given; {} is", kind.name());
        return Err(BadRow::new(second.name(), why));
    }
    let together = together(fields)?;
    if kind != InputColumn::Best && together == Together::Required {
        return Err(BadRow::new(InputColumn::Together.name(), "goes with best only"));
    }
    let section = fields.parsed(InputColumn::Section)?;
    match kind {
        InputColumn::Seats => seats(fields.required(kind)?, section.as_ref()),
        InputColumn::Best => {
            Ok(Selection::Best { places: places(fields, kind)?, section, together })
        }
        _ => Ok(Selection::Standing { places: places(fields, kind)?, section }),
    }
}

/// The seats of `text`. Seats without a section are in `section`.
fn seats(text: &str, section: Option<&SectionName>) -> Result<Selection, BadRow> {
    let seats = seats_of(text, section);
    seats.map(Selection::Seats).map_err(|error| BadRow::of(InputColumn::Seats, error))
}

fn together(fields: &RowFields) -> Result<Together, BadRow> {
    let Some(text) = fields.text(InputColumn::Together) else { return Ok(Together::IfPossible) };
    match text.to_ascii_lowercase().as_str() {
        "no" | "false" | "0" | "0.0" => Ok(Together::IfPossible),
        "yes" | "true" | "1" | "1.0" => Ok(Together::Required),
        _ => Err(BadRow::new(
            InputColumn::Together.name(),
            format!("must be yes or no, not {:?}", clip(text)),
        )),
    }
}

fn places(fields: &RowFields, column: InputColumn) -> Result<PlaceCount, BadRow> {
    let text = fields.required(column)?;
    let number = whole_number(text).ok_or_else(|| {
        BadRow::new(column.name(), format!("must be a number of places, not {:?}", clip(text)))
    })?;
    PlaceCount::new(number).map_err(|error| BadRow::of(column, error))
}

/// The same text for the same number, however it is written.
pub(super) fn plain_number(text: &str) -> String {
    whole_number(text).map_or_else(|| text.to_owned(), |number| number.to_string())
}

/// Reads `2`, and `2.0` or `2,00` as spreadsheets and data frames write it.
fn whole_number(text: &str) -> Option<u32> {
    let Some((whole, fraction)) = text.split_once(['.', ',']) else { return text.parse().ok() };
    let zeros = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
    // Three zeros would be a thousand to some people.
    if zeros && fraction.len() < 3 { whole.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(texts: &[(&str, &str)]) -> RowFields {
        let mut fields = RowFields::default();
        for (name, text) in texts {
            fields.set(InputColumn::named(name).expect("a column"), text);
        }
        fields
    }

    fn check(texts: &[(&str, &str)], expected: Result<&str, &str>) {
        let mut all = vec![("event", "dune-2"), ("customer", " Zoë ")];
        all.extend(texts);
        let selection =
            RowRequest::parse(&fields(&all)).map(|request| format!("{:?}", request.selection));
        let selection = selection.map_err(|bad| bad.to_string());
        assert_eq!(selection.as_deref().map_err(|why| why.as_str()), expected, "{texts:?}");
    }

    #[test]
    fn rows_say_which_places() {
        check(&[("seats", "A1-A3; B2,B4")], Ok(r#"Seats(SeatLabels(["A1-A3", "B2", "B4"]))"#));
        check(
            &[("seats", "C4"), ("section", "balcony")],
            Ok(r#"Seats(SeatLabels(["balcony:C4"]))"#),
        );
        check(
            &[("best", "4"), ("together", "yes")],
            Ok("Best { places: 4, section: None, together: Required }"),
        );
        check(
            &[("best", "2"), ("types", "adult, child")],
            Ok("Ticketed(TicketedSelection { places: Best { places: 2, section: None, together: \
                IfPossible }, types: Some(Each([\"adult\", \"child\"])), at_most: None })"),
        );
        check(
            &[("standing", " 2 "), ("section", "floor")],
            Ok("Standing { places: 2, section: Some(\"floor\") }"),
        );
    }

    #[test]
    fn cells_are_as_spreadsheets_and_data_frames_write_them() {
        let two = Ok("Best { places: 2, section: None, together: IfPossible }");
        for best in ["2", "2.0", "2.00", "2,0", " 2\u{A0}"] {
            check(&[("best", best)], two);
        }
        for nothing in ["", "null", "NULL", "NaN", "-", "\u{2013}", "\u{A0}"] {
            let cells = ["seats", "standing", "section", "together", "action", "id"];
            let cells = cells.map(|column| (column, nothing));
            check(&[&cells[..], &[("best", "2")]].concat(), two);
        }
        check(
            &[("Best", "2"), (" TOGETHER\u{A0}", "TRUE"), ("action", "Hold")],
            Ok("Best { places: 2, section: None, together: Required }"),
        );
        for wrong in ["2.5", "2.", "2.000", "1e0", "two"] {
            let why = format!("best: must be a number of places, not {wrong:?}");
            check(&[("best", wrong)], Err(&why));
        }
    }

    #[test]
    fn bad_rows_name_the_column() {
        check(&[], Err("one of seats, best and standing must say which places"));
        check(
            &[("seats", "A1"), ("best", "1")],
            Err("best: only one of seats, best and standing can be given; seats is"),
        );
        check(
            &[("seats", "balcony:A1"), ("section", "stalls")],
            Err("seats: balcony:A1 is not in the row's section stalls"),
        );
        check(&[("best", "-1")], Err("best: must be a number of places, not \"-1\""));
        check(&[("best", "0")], Err("best: a reservation has 1 to 100 places, not 0"));
        check(&[("standing", "101")], Err("standing: a reservation has 1 to 100 places, not 101"));
        check(&[("seats", "A1"), ("together", "yes")], Err("together: goes with best only"));
        check(&[("best", "2"), ("together", "x")], Err("together: must be yes or no, not \"x\""));
        check(
            &[("best", "2"), ("action", "buy")],
            Err("action: must be reserve or hold, not \"buy\""),
        );
    }
}
