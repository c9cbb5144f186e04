//! Commands that make or change one reservation.

use super::list::{self, ReservationsWanted};
use crate::args::{
    ConfirmArgs, ConfirmOrderArgs, ExchangeArgs, ExtendArgs, FindArgs, HoldArgs, KeepArgs,
    OrderArgs, OutputFormat, PlacesArgs, ReservationArgs, ReserveArgs, ShowArgs, TransferArgs,
};
use crate::connection::Caller;
use crate::console::Console;
use crate::failure::Failure;
use crate::values::{
    Amount, ShownReservation, TypeCountsArg, TypesArg, keep_of, money, one_list, places, span,
    tickets,
};
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{EventId, OrderNumber, ReservationId};
use boxoffice_client::protocol::json::ReservationRecord;
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::ReservationRow;
use boxoffice_client::protocol::request::{Request, ReservationKey};
use boxoffice_client::protocol::reservation::{
    Keep, PlaceCount, Reservation, SeatLabels, Selection, Status, Together,
};
use boxoffice_client::{Booking, Client, ClientError, ConfirmedOrder, ReservationFilter};
use boxoffice_load::escape::{escape, shell_quote};
use std::time::Duration;

/// Prints the reservation, and the command that confirms it.
pub(crate) async fn hold(
    client: &Client,
    args: HoldArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let PlacesRequest { id, key, selection, order } =
        PlacesRequest::resolve(client, args.places, caller).await?;
    let ttl_ms = args.ttl.map(|ttl| ttl.as_millis()).transpose()?;
    let ReservationKey { event, customer, .. } = key;
    let request = Request::Hold { id, event, customer, selection, ttl_ms, order };
    let outcome = client.book(&request).await;
    let booking = outcome.inspect_err(|error| advise_repeat(error, id, console))?;
    print(client, &booking, console)?;
    advise_confirm(client, &booking.reservation, caller, console);
    Ok(())
}

/// Prints the new reservation.
pub(crate) async fn reserve(
    client: &Client,
    args: ReserveArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let PlacesRequest { id, key, selection, order } =
        PlacesRequest::resolve(client, args.places, caller).await?;
    let ReservationKey { event, customer, .. } = key;
    let request = Request::Reserve { id, event, customer, selection, order };
    let outcome = client.book(&request).await;
    let booking = outcome.inspect_err(|error| advise_repeat(error, id, console))?;
    Ok(print(client, &booking, console)?)
}

/// Prints the confirmed reservation.
pub(crate) async fn confirm(
    client: &Client,
    args: ConfirmArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let ConfirmArgs { kept: args, reinstate } = args;
    let (key, keep) = kept(client, args, caller)?;
    let booking =
        if reinstate { client.reinstate(&key).await? } else { client.confirm(&key, keep).await? };
    Ok(print(client, &booking, console)?)
}

/// Prints the reservation after its release.
pub(crate) async fn release(
    client: &Client,
    args: KeepArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let (key, keep) = kept(client, args, caller)?;
    Ok(print(client, &client.release(&key, keep).await?, console)?)
}

/// Prints the reservation after its cancellation.
pub(crate) async fn cancel(
    client: &Client,
    args: KeepArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let (key, keep) = kept(client, args, caller)?;
    Ok(print(client, &client.cancel(&key, keep).await?, console)?)
}

/// Prints the extended reservation, and the command that confirms it.
pub(crate) async fn extend(
    client: &Client,
    args: ExtendArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let default = Duration::from_millis(client.welcome().hold_default_ms);
    let ttl = args.ttl.map_or(default, |ttl| ttl.0);
    let booking = client.extend(&key(client, args.reservation, caller)?, ttl).await?;
    print(client, &booking, console)?;
    advise_confirm(client, &booking.reservation, caller, console);
    Ok(())
}

/// Prints the reservation as its new customer has it.
pub(crate) async fn transfer(
    client: &Client,
    args: TransferArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let key = key(client, args.reservation, caller)?;
    let if_revision = match args.if_revision {
        Some(revision) => revision,
        None => match client.reservation(&key).await {
            Ok(booking) => booking.reservation.revision,
            // It may be the other customer's already; then no revision matters.
            Err(ClientError::Refused { refusal: Refusal::NotYours, .. }) => 0,
            Err(error) => return Err(error.into()),
        },
    };
    Ok(print(client, &client.transfer(&key, if_revision, &args.to).await?, console)?)
}

/// Prints the reservation with its new places.
pub(crate) async fn exchange(
    client: &Client,
    args: ExchangeArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let customer = caller.customer(args.customer, client)?;
    let key = ReservationKey { event: args.event, id: args.id, customer };
    let selection = match args.standing {
        Some(places) => {
            Selection::Standing { places: PlaceCount::new(places)?, section: args.section }
        }
        None => Selection::Seats(SeatLabels::new(one_list(args.seats))?),
    };
    let to = ticketed(client, &key.event, selection, (args.types, args.at_most)).await?;
    let if_revision = match args.if_revision {
        Some(revision) => revision,
        None => client.reservation(&key).await?.reservation.revision,
    };
    print(client, &client.exchange(&key, if_revision, &to).await?, console)?;
    Ok(())
}

/// Prints the reservation, which belongs to the order.
pub(crate) async fn order(
    client: &Client,
    args: OrderArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let key = key(client, args.reservation, caller)?;
    Ok(print(client, &client.set_order(&key, &args.order).await?, console)?)
}

/// Prints the reservations of the order, which are confirmed.
pub(crate) async fn confirm_order(
    client: &Client,
    args: ConfirmOrderArgs,
    console: &Console,
) -> Result<(), Failure> {
    let ConfirmedOrder { reservations, effect, version } =
        client.confirm_order(&args.event, &args.order).await?;
    for reservation in reservations {
        print(client, &Booking { reservation, effect, version }, console)?;
    }
    Ok(())
}

/// Prints the present state of the reservation, or of all that have the booking code.
pub(crate) async fn show(
    client: &Client,
    args: ShowArgs,
    caller: &Caller,
    console: &Console,
) -> Result<(), Failure> {
    let ShowArgs { event, id, customer } = args;
    let id = match id {
        ShownReservation::Id(id) => id,
        ShownReservation::Code(code) => {
            let (code, event) = (Some(code), Some(event));
            let args = FindArgs { code, order: None, event, customer };
            return find(client, args, console).await;
        }
    };
    let key = key(client, ReservationArgs { event, id, customer }, caller)?;
    let booking = client.reservation(&key).await?;
    print(client, &booking, console)?;
    advise_confirm(client, &booking.reservation, caller, console);
    Ok(())
}

/// Prints all reservations that have the booking code, or belong to the order.
pub(crate) async fn find(
    client: &Client,
    args: FindArgs,
    console: &Console,
) -> Result<(), Failure> {
    let FindArgs { code, order, event, customer } = args;
    let filter = ReservationFilter { event, customer, code, order };
    let wanted = ReservationsWanted { filter, status: Vec::new(), limit: None };
    if list::reservations(client, wanted, console).await? == 0 {
        console.note("no reservation that you may see is like that");
    }
    Ok(())
}

/// A new reservation, resolved from its arguments.
struct PlacesRequest {
    id: ReservationId,
    key: ReservationKey,
    selection: Selection,
    order: Option<OrderNumber>,
}

impl PlacesRequest {
    async fn resolve(client: &Client, args: PlacesArgs, caller: &Caller) -> Result<Self, Failure> {
        let id = args.id.unwrap_or_else(|| client.new_id());
        let customer = caller.customer(args.customer.clone(), client)?;
        let key = ReservationKey { event: args.event.clone(), id, customer };
        let (tickets, order) = ((args.types.clone(), args.at_most.clone()), args.order.clone());
        let selection = ticketed(client, &key.event, selection(args)?, tickets).await?;
        Ok(Self { id, key, selection, order })
    }
}

fn selection(args: PlacesArgs) -> Result<Selection, InvalidField> {
    let section = args.section;
    Ok(match (args.best, args.standing) {
        (Some(places), _) => {
            let together = if args.together { Together::Required } else { Together::IfPossible };
            Selection::Best { places: PlaceCount::new(places)?, section, together }
        }
        (None, Some(places)) => Selection::Standing { places: PlaceCount::new(places)?, section },
        (None, None) => Selection::Seats(SeatLabels::new(one_list(args.seats))?),
    })
}

/// The selection with tickets of these types, if it costs at most this.
async fn ticketed(
    client: &Client,
    event: &EventId,
    selection: Selection,
    (types, at_most): (Option<TypesArg>, Option<Amount>),
) -> Result<Selection, Failure> {
    let selection = match types {
        Some(TypesArg(types)) => selection.typed(types),
        None => selection,
    };
    let Some(amount) = at_most else { return Ok(selection) };
    let currency = client.event(event).await?.value.spec.currency;
    Ok(selection.at_most(amount.minor(currency).map_err(Failure::Usage)?))
}

fn kept(
    client: &Client,
    args: KeepArgs,
    caller: &Caller,
) -> Result<(ReservationKey, Option<Keep>), Failure> {
    let keep = match args.keep_types {
        Some(TypeCountsArg(counts)) => Some(Keep::Types(counts)),
        None => args.keep.as_deref().map(keep_of).transpose()?,
    };
    Ok((key(client, args.reservation, caller)?, keep))
}

fn key(client: &Client, args: ReservationArgs, caller: &Caller) -> Result<ReservationKey, Failure> {
    let customer = caller.customer(args.customer, client)?;
    Ok(ReservationKey { event: args.event, id: args.id, customer })
}

fn print(client: &Client, booking: &Booking, console: &Console) -> std::io::Result<()> {
    let Booking { reservation, version, .. } = booking;
    match console.format {
        OutputFormat::Json => return console.json(&ReservationRecord::new(reservation, *version)),
        OutputFormat::Csv => {
            let row = ReservationRow { version: *version, reservation: reservation.clone() };
            return list::reservation(client, &row, console);
        }
        OutputFormat::Table => {}
    }
    let Reservation { id, code, event, customer, status, total, currency, .. } = reservation;
    let places = places(&reservation.places) + &tickets(&reservation.tickets);
    let total = money(*total, *currency);
    let line = format!("{status}  {event}  {places}  {total}  {customer}  {code}  {id}");
    console.data(&escape(&line))
}

/// For a hold: its deadline, and the command that confirms it.
fn advise_confirm(client: &Client, reservation: &Reservation, caller: &Caller, console: &Console) {
    if reservation.status != Status::Held {
        return;
    }
    let Reservation { id, event, customer, expires_at, .. } = reservation;
    let left = expires_at.since(client.server_now());
    let customer = shell_quote(customer.as_str());
    console.note(&format!(
        "held until {} ({} left); to keep it:",
        console.time(*expires_at),
        span(left)
    ));
    console
        .note(&format!("  boxoffice confirm {event} {id} --customer {customer}{}", caller.options));
}

/// After an unknown outcome: the id that tells whether the reservation was made.
fn advise_repeat(error: &ClientError, id: ReservationId, console: &Console) {
    if matches!(error, ClientError::OutcomeUnknown | ClientError::Protocol(_)) {
        console.note(&format!("repeat the command with --id {id} to learn the outcome"));
    }
}
