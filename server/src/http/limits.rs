//! The bounds of HTTP itself. Those of messages are in the protocol's limits.

use boxoffice_protocol::limits::MAX_REQUEST_FRAME_BYTES;

/// Bytes of a request's body: the same as of a frame.
pub(super) const MAX_BODY_BYTES: usize = MAX_REQUEST_FRAME_BYTES;

/// Bytes of a request's address. hyper refuses more than 65,534 by itself.
pub(super) const MAX_URI_BYTES: usize = 2_048;

/// Header fields of a request. hyper refuses more than 100 by itself.
pub(super) const MAX_HEADERS: usize = 64;

/// Bytes of a request's head. A connection reads into a buffer of at most this size.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;
