//! Settings of several places, one before the other.

use super::typed::Settings;

/// The settings of one place, and those of another where the first says nothing. It does not compile
/// without every one of them.
macro_rules! merged {
    ($one:expr, $other:expr, values: [$($value:ident,)*], flags: [$($flag:ident,)*]) => {
        Settings {
            $($value: $one.$value.or($other.$value),)*
            $($flag: $one.$flag || $other.$flag,)*
        }
    };
}

impl Settings {
    /// These settings, and `other`'s where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        merged!(
            self, other,
            values: [
                listen, http_listen, http_hosts, http_origins, visitors, visitor_pace,
                visitor_places, visitor_hold_max, visitor_hold_life, tls_cert, tls_key, data,
                store, redis_wait, store_timeout, event_memory, cluster_listen,
                cluster_address, cluster_secret_file, routing, tokens, tokens_in_environment,
                backup_dir, sync, segment_mb, backlog_mb, operator_listen, trusted_proxy, max_connections,
                http_max_connections, max_unknown_connections, max_principal_connections,
                operator_reserve, max_streams, max_event_streams, max_principal_streams,
                max_watches, max_principal_watches, max_in_flight, max_principal_in_flight,
                max_events, max_reservations, max_principal_reservations, customer_places,
                max_seats, hold_default, hold_min, hold_max, hold_life, agent_hold_max, agent_hold_life,
                views_max_age, views_mb,
                handshake_timeout, frame_timeout, idle_timeout, write_timeout, peer_timeout,
                drain_timeout, output_kb, socket_kb, unsent_mb, max_principal_unsent_mb, threads,
                log,
            ],
            flags: [
                memory, accept_unsafe_store, accept_clock, accept_open_folder, rows,
            ]
        )
    }
}
