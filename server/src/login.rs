//! Failed logins, counted by listener and reason.

use crate::auth::AuthError;
use crate::metrics::{Connections, LoginFailure};

/// Counts a login that failed on one of a listener's connections.
pub(crate) fn count_failure(connections: &Connections, error: AuthError) {
    connections.login_failed(match error {
        AuthError::NoToken => LoginFailure::NoToken,
        AuthError::Unknown => LoginFailure::Unknown,
        AuthError::Expired => LoginFailure::Expired,
        AuthError::TooMany { .. } => LoginFailure::TooMany,
    });
}
