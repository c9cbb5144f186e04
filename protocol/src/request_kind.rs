//! The kinds of requests, for who counts them or says who may ask what.

use crate::request::Request;

/// What a request asks for. Its number is the request's first byte on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum RequestKind {
    /// [`Request::Hello`].
    Hello,
    /// [`Request::Ping`].
    Ping,
    /// [`Request::ListEvents`].
    ListEvents,
    /// [`Request::GetEvent`].
    GetEvent,
    /// [`Request::Seats`].
    Seats,
    /// [`Request::CreateEvent`].
    CreateEvent,
    /// [`Request::UpdateEvent`].
    UpdateEvent,
    /// [`Request::DeleteEvent`].
    DeleteEvent,
    /// [`Request::Hold`].
    Hold,
    /// [`Request::Reserve`].
    Reserve,
    /// [`Request::Confirm`].
    Confirm,
    /// [`Request::Release`].
    Release,
    /// [`Request::Extend`].
    Extend,
    /// [`Request::Cancel`].
    Cancel,
    /// [`Request::GetReservation`].
    GetReservation,
    /// [`Request::ListReservations`].
    ListReservations,
    /// [`Request::Watch`].
    Watch,
    /// [`Request::Unwatch`].
    Unwatch,
    /// [`Request::Stats`].
    Stats,
    /// [`Request::Backup`].
    Backup,
}

impl RequestKind {
    /// All of them, by their numbers.
    pub const ALL: [Self; Request::VARIANTS as usize] = [
        Self::Hello,
        Self::Ping,
        Self::ListEvents,
        Self::GetEvent,
        Self::Seats,
        Self::CreateEvent,
        Self::UpdateEvent,
        Self::DeleteEvent,
        Self::Hold,
        Self::Reserve,
        Self::Confirm,
        Self::Release,
        Self::Extend,
        Self::Cancel,
        Self::GetReservation,
        Self::ListReservations,
        Self::Watch,
        Self::Unwatch,
        Self::Stats,
        Self::Backup,
    ];

    /// Its name, as SPEC.md has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hello => "Hello",
            Self::Ping => "Ping",
            Self::ListEvents => "ListEvents",
            Self::GetEvent => "GetEvent",
            Self::Seats => "Seats",
            Self::CreateEvent => "CreateEvent",
            Self::UpdateEvent => "UpdateEvent",
            Self::DeleteEvent => "DeleteEvent",
            Self::Hold => "Hold",
            Self::Reserve => "Reserve",
            Self::Confirm => "Confirm",
            Self::Release => "Release",
            Self::Extend => "Extend",
            Self::Cancel => "Cancel",
            Self::GetReservation => "GetReservation",
            Self::ListReservations => "ListReservations",
            Self::Watch => "Watch",
            Self::Unwatch => "Unwatch",
            Self::Stats => "Stats",
            Self::Backup => "Backup",
        }
    }
}
