//! Holding and reserving places, and everything about one reservation.

use crate::args::{ExtendArgs, HoldArgs, KeepArgs, PlacesArgs, ReservationArgs, ReserveArgs};
use crate::failure::Failure;
use crate::output::{Output, escape, shell_quote};
use crate::values::{keep_of, money, one_list, places, rfc3339, span};
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::json::ReservationRecord;
use boxoffice_client::protocol::request::ReservationKey;
use boxoffice_client::protocol::reservation::{
    Keep, PlaceCount, Reservation, SeatLabels, Selection, Status, Together,
};
use boxoffice_client::{Booking, Client, ClientError, DEFAULT_SERVER};
use std::time::Duration;

/// `hold`: prints the reservation, and how to keep it.
pub(crate) async fn hold(client: &Client, args: HoldArgs, output: &Output) -> Result<(), Failure> {
    let Wanted { id, key, selection } = Wanted::resolve(client, args.places)?;
    let ttl = args.ttl.map(|ttl| ttl.0);
    let outcome = client.hold(id, &key.event, &key.customer, &selection, ttl).await;
    let booking = outcome.inspect_err(|error| advise_repeat(error, id, output))?;
    print(&booking, output)?;
    advise_confirm(client, &booking.reservation, output);
    Ok(())
}

/// `reserve`: prints the reservation.
pub(crate) async fn reserve(
    client: &Client,
    args: ReserveArgs,
    output: &Output,
) -> Result<(), Failure> {
    let Wanted { id, key, selection } = Wanted::resolve(client, args.places)?;
    let outcome = client.reserve(id, &key.event, &key.customer, &selection).await;
    let booking = outcome.inspect_err(|error| advise_repeat(error, id, output))?;
    Ok(print(&booking, output)?)
}

/// `confirm`: prints the reservation as it is then.
pub(crate) async fn confirm(
    client: &Client,
    args: KeepArgs,
    output: &Output,
) -> Result<(), Failure> {
    let (key, keep) = kept(args)?;
    Ok(print(&client.confirm(&key, keep).await?, output)?)
}

/// `release`: prints the reservation as it is then.
pub(crate) async fn release(
    client: &Client,
    args: KeepArgs,
    output: &Output,
) -> Result<(), Failure> {
    let (key, keep) = kept(args)?;
    Ok(print(&client.release(&key, keep).await?, output)?)
}

/// `cancel`: prints the reservation as it is then.
pub(crate) async fn cancel(
    client: &Client,
    args: KeepArgs,
    output: &Output,
) -> Result<(), Failure> {
    let (key, keep) = kept(args)?;
    Ok(print(&client.cancel(&key, keep).await?, output)?)
}

/// `extend`: prints the reservation, and how to keep it.
pub(crate) async fn extend(
    client: &Client,
    args: ExtendArgs,
    output: &Output,
) -> Result<(), Failure> {
    let default = Duration::from_millis(client.welcome().hold_default_ms.into());
    let ttl = args.ttl.map_or(default, |ttl| ttl.0);
    let booking = client.extend(&key(args.reservation), ttl).await?;
    print(&booking, output)?;
    advise_confirm(client, &booking.reservation, output);
    Ok(())
}

/// `show`: prints the reservation.
pub(crate) async fn show(
    client: &Client,
    args: ReservationArgs,
    output: &Output,
) -> Result<(), Failure> {
    let booking = client.reservation(&key(args)).await?;
    print(&booking, output)?;
    advise_confirm(client, &booking.reservation, output);
    Ok(())
}

/// A new reservation, resolved from what was typed.
struct Wanted {
    id: ReservationId,
    key: ReservationKey,
    selection: Selection,
}

impl Wanted {
    fn resolve(client: &Client, args: PlacesArgs) -> Result<Self, InvalidField> {
        let id = args.id.unwrap_or_else(|| client.new_id());
        let key = ReservationKey { event: args.event.clone(), id, customer: args.customer.clone() };
        Ok(Self { id, key, selection: selection(args)? })
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

fn kept(args: KeepArgs) -> Result<(ReservationKey, Option<Keep>), InvalidField> {
    let keep = args.keep.as_deref().map(keep_of).transpose()?;
    Ok((key(args.reservation), keep))
}

fn key(args: ReservationArgs) -> ReservationKey {
    ReservationKey { event: args.event, id: args.id, customer: args.customer }
}

fn print(booking: &Booking, output: &Output) -> std::io::Result<()> {
    let reservation = &booking.reservation;
    if output.is_json() {
        return output.json(&ReservationRecord::new(reservation, booking.version));
    }
    let Reservation { id, event, customer, status, total, currency, .. } = reservation;
    let places = places(&reservation.places);
    let total = money(*total, *currency);
    let line = format!("{status}  {event}  {places}  {total}  {customer}  {id}");
    output.data(&escape(&line))
}

/// After a hold: how long it lasts, and the very command that keeps it.
fn advise_confirm(client: &Client, reservation: &Reservation, output: &Output) {
    if reservation.status != Status::Held {
        return;
    }
    let Reservation { id, event, customer, expires_at, .. } = reservation;
    let left = expires_at.since(client.server_now());
    let server = match client.config().server.as_str() {
        DEFAULT_SERVER => String::new(),
        other => format!(" --server {}", shell_quote(other)),
    };
    let customer = shell_quote(customer.as_str());
    output.note(&format!("held until {} ({} left); to keep it:", rfc3339(*expires_at), span(left)));
    output.note(&format!("  boxoffice confirm {event} {id} --customer {customer}{server}"));
}

/// Where it is not known whether a new reservation was made: the id that finds out.
fn advise_repeat(error: &ClientError, id: ReservationId, output: &Output) {
    if matches!(error, ClientError::OutcomeUnknown | ClientError::Protocol(_)) {
        output.note(&format!("repeat the command with --id {id} to learn the outcome"));
    }
}
