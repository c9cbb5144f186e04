//! Every bound of HTTP itself, in one place. What a message may hold is in the protocol's limits.

use boxoffice_protocol::limits::MAX_REQUEST_FRAME_BYTES;
use std::time::Duration;

/// Bytes of a request's body: the same as of a frame.
pub(super) const MAX_BODY_BYTES: usize = MAX_REQUEST_FRAME_BYTES;

/// Bytes of a request's address. hyper refuses beyond 65,534 before it gets here.
pub(super) const MAX_URI_BYTES: usize = 2_048;

/// Header fields of a request. hyper refuses beyond 100 before it gets here.
pub(super) const MAX_HEADERS: usize = 64;

/// Bytes of a request's head. A connection reads into a buffer of at most this size.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;

/// How long a closed connection's last bytes are waited for, so that the client can read what it
/// was told before it learns that nobody listens any more.
pub(super) const LINGER: Duration = Duration::from_millis(500);

/// Bytes that are thrown away while lingering.
pub(super) const LINGER_BYTES: usize = 256 * 1024;

/// Connections that are told `Busy` at the same time; any more are just closed.
pub(super) const TURNED_AWAY_AT_ONCE: usize = 256;

/// How long the TLS handshake of a client that is told so may take before.
pub(super) const TURNED_AWAY_HANDSHAKE: Duration = Duration::from_secs(2);

/// What a client that was turned away is asked to wait.
pub(super) const RETRY_AFTER_MS: u32 = 500;
