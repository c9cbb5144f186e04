//! Hints: what to do after a failure, in terms of this program's commands and options. Libraries
//! leave them to the program.

use boxoffice_client::protocol::event::SalesState;
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reservation::Status;
use boxoffice_client::{ClientError, DEFAULT_SERVER, TlsConfigError, TlsFault};
use boxoffice_load::LoadError;
use std::borrow::Cow;

/// The next step after a request that was refused, or had no answer.
pub(crate) fn of_client(error: &ClientError) -> Option<Cow<'static, str>> {
    Some(match error {
        ClientError::Refused { refusal, .. } => of_refusal(refusal)?.into(),
        ClientError::Unreachable { .. } => "--server names another".into(),
        ClientError::SpeaksHttp { server } => {
            let (host, port) = (server.rsplit_once(':')?.0, DEFAULT_SERVER.rsplit_once(':')?.1);
            format!("it is {port} unless --listen says another: --server {host}:{port}").into()
        }
        ClientError::Tls { fault, .. } => of_tls_fault(fault)?.into(),
        ClientError::TimeIsUp => "--timeout is for the whole command: give it more".into(),
        ClientError::OutcomeUnknown | ClientError::Protocol(_) | ClientError::Closed => {
            return None;
        }
    })
}

/// The next step after an update of an event that was refused, or had no answer.
pub(crate) fn of_update(error: &ClientError) -> Option<Cow<'static, str>> {
    let ClientError::Refused { refusal, .. } = error else { return of_client(error) };
    Some(match refusal {
        Refusal::LimitExceeded { .. } => {
            "`boxoffice event show EVENT` says how many places of each section are held and sold; a \
             section can be made no smaller"
        }
        Refusal::SeatsTaken { .. } => {
            "`boxoffice reservations --event EVENT` says who has them; cancel or release those first"
        }
        _ => return of_client(error),
    }
    .into())
}

const fn of_tls_fault(fault: &TlsFault) -> Option<&'static str> {
    match fault {
        TlsFault::NeedsTls => Some("add --tls"),
        TlsFault::NoTls => Some("without --tls, the client speaks plain text"),
        TlsFault::UnknownIssuer => {
            Some("if the authority is your own, name the file with its certificate: --ca FILE")
        }
        _ => None,
    }
}

/// The next step after certificates that cannot be used.
pub(crate) const fn of_tls_config(error: &TlsConfigError) -> Option<&'static str> {
    match error {
        TlsConfigError::NoSystem(_) => {
            Some("--ca FILE names the certificate of the server's authority")
        }
        _ => None,
    }
}

/// The next step after a load run that failed.
pub(crate) fn of_load(error: &LoadError) -> Option<Cow<'static, str>> {
    Some(match error {
        LoadError::Pipeline { allowed } => format!("give --pipeline {allowed} or less").into(),
        LoadError::NothingMeasured => "give --duration more, or let --rate be less".into(),
        LoadError::NoRate { .. } => "is --slo below what one request takes?".into(),
        _ => return None,
    })
}

/// The next step after a refusal, unless its message says it.
const fn of_refusal(refusal: &Refusal) -> Option<&'static str> {
    Some(match refusal {
        Refusal::NoSuchSeat { .. } => {
            "`boxoffice seats EVENT` draws all there are; where several sections have seats, name \
             the section too: stalls:A1"
        }
        Refusal::SeatsTaken { .. } => {
            "`boxoffice seats EVENT` shows what is free, and --best N takes the best of it"
        }
        Refusal::NotTogether { .. } => "take fewer, or leave out --together",
        Refusal::SoldOut { .. } => "take fewer, or `boxoffice watch EVENT` until some are free",
        Refusal::NotYours => "--customer names the customer: it must be that of the reservation",
        Refusal::WrongStatus { status: Status::Forfeited } => {
            "a place was taken before it was paid: pay back, or hold others"
        }
        Refusal::HoldExpired => {
            "hold again with a new id; --ttl and `boxoffice extend` give more time"
        }
        Refusal::SalesClosed { sales: SalesState::Closed, .. } => {
            "`boxoffice event open EVENT` opens them"
        }
        Refusal::SalesClosed { .. } => {
            "`boxoffice event update EVENT` moves them: --sales-from, --sales-until; agents sell at \
             any time"
        }
        Refusal::NotForSale { .. } => "`boxoffice event show EVENT` shows what is sold where",
        Refusal::EventCancelled => {
            "`boxoffice reservations --event EVENT --status confirmed` lists who booked it"
        }
        Refusal::LimitExceeded { .. } => {
            "`boxoffice event show EVENT` says how many places a customer may have, and \
             `boxoffice reservations --customer NAME` which they are"
        }
        Refusal::ReservationNotFound => {
            "`boxoffice reservations --customer NAME` lists a customer's; ended ones for a day"
        }
        Refusal::ReservationsLive { .. } => "--force ends them too",
        Refusal::NotAllowed { .. } => {
            "--token-file FILE, or the variable BOXOFFICE_TOKEN, says who is asking"
        }
        Refusal::OrderConflict { .. } => "an order is said once; hold again for another one",
        Refusal::BackupExists => "if a connection was lost meanwhile, it may be the one you wanted",
        Refusal::IdConflict => "leave out --id to make another reservation",
        _ => return None,
    })
}
