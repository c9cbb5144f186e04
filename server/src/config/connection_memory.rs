//! The memory that clients can make the server use for their connections.

use super::error::ConfigError;
use super::typed::Settings;

/// The kernel's buffer of a connection in each direction: enough for a megabyte a second over a long
/// way.
const SOCKET_KB: u32 = 64;

/// With fewer a connection of one machine to itself, whose packets are as large, waits 40 ms for the
/// acknowledgement of each. More than a gigabyte is more than a kernel takes.
const SOCKET_KB_RANGE: std::ops::RangeInclusive<u32> = 64..=1_048_576;

/// What clients may leave unread by default: a few thousand slow ones at once.
const UNSENT_MB: usize = 512;

/// The memory that clients can make the server use for their connections.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionMemory {
    /// The kernel's buffer of a connection in each direction.
    pub socket_bytes: u32,
    /// Bytes that all clients together may leave unread.
    pub unsent_bytes: usize,
    /// Those of one principal.
    pub principal_unsent_bytes: usize,
}

impl ConnectionMemory {
    pub(super) fn typed(settings: &Settings) -> Result<Self, ConfigError> {
        let socket_kb = settings.socket_kb.unwrap_or(SOCKET_KB);
        if !SOCKET_KB_RANGE.contains(&socket_kb) {
            let (least, most) = (SOCKET_KB_RANGE.start(), SOCKET_KB_RANGE.end());
            let why = format!("socket-kb is {socket_kb}, and must be {least} to {most}");
            return Err(ConfigError::Contradiction(why));
        }
        let bytes = |mb: usize| mb.saturating_mul(1 << 20);
        let unsent_bytes = bytes(settings.unsent_mb.unwrap_or(UNSENT_MB));
        let principal_unsent_bytes = settings.max_principal_unsent_mb.map_or(unsent_bytes, bytes);
        if unsent_bytes == 0 || principal_unsent_bytes == 0 {
            let why = "unsent-mb and max-principal-unsent-mb must be at least 1".to_owned();
            return Err(ConfigError::Contradiction(why));
        }
        Ok(Self { socket_bytes: socket_kb << 10, unsent_bytes, principal_unsent_bytes })
    }
}
