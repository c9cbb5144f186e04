//! The settings in the order in which people look for them: a short help with those that nearly
//! everybody needs, and a long one in groups.

use clap::{Arg, Command};

/// A heading of the help, and the settings below it.
struct Group {
    heading: &'static str,
    settings: &'static [&'static str],
}

/// The settings of the short help. Their heading is clap's own.
#[cfg(test)]
const USUAL: &[&str] = &[
    "listen",
    "http_listen",
    "data",
    "memory",
    "store",
    "tokens",
    "tls_cert",
    "tls_key",
    "backup_dir",
    "config",
    "log",
];

/// In the order in which clap shows them: that of the settings.
const GROUPS: &[Group] = &[
    Group {
        heading: "Durability",
        settings: &["sync", "segment_mb", "backlog_mb", "accept_open_folder", "accept_clock"],
    },
    Group {
        heading: "A store that several servers share",
        settings: &[
            "accept_unsafe_store",
            "redis_wait",
            "store_timeout",
            "rows",
            "event_memory",
            "cluster_listen",
            "cluster_address",
            "cluster_secret_file",
            "routing",
        ],
    },
    Group {
        heading: "Behind a proxy, and for operators",
        settings: &["trusted_proxy", "operator_listen"],
    },
    Group {
        heading: "Connections, and what one client may have of them",
        settings: &[
            "max_connections",
            "http_max_connections",
            "max_unknown_connections",
            "max_principal_connections",
            "operator_reserve",
            "max_streams",
            "max_event_streams",
            "max_principal_streams",
            "max_watches",
            "max_principal_watches",
            "max_in_flight",
            "max_principal_in_flight",
        ],
    },
    Group {
        heading: "How much there may be",
        settings: &[
            "max_events",
            "max_reservations",
            "max_principal_reservations",
            "customer_places",
            "max_seats",
        ],
    },
    Group {
        heading: "Holds",
        settings: &[
            "hold_default",
            "hold_min",
            "hold_max",
            "hold_life",
            "agent_hold_max",
            "agent_hold_life",
        ],
    },
    Group {
        heading: "Visitors of the page",
        settings: &[
            "visitors",
            "visitor_pace",
            "visitor_places",
            "visitor_hold_max",
            "visitor_hold_life",
            "http_hosts",
            "http_origins",
        ],
    },
    Group {
        heading: "Memory and threads",
        settings: &[
            "views_mb",
            "views_max_age",
            "output_kb",
            "socket_kb",
            "unsent_mb",
            "max_principal_unsent_mb",
            "threads",
        ],
    },
    Group {
        heading: "Time that a client may take",
        settings: &[
            "handshake_timeout",
            "frame_timeout",
            "idle_timeout",
            "write_timeout",
            "peer_timeout",
            "drain_timeout",
        ],
    },
];

/// The command with its settings in groups.
pub(crate) fn in_groups(command: Command) -> Command {
    command.mut_args(|arg| {
        let name = arg.get_id().as_str();
        let group = GROUPS.iter().find(|group| group.settings.contains(&name));
        let Some(group) = group else { return arg };
        Arg::help_heading(arg, group.heading).hide_short_help(true)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    /// Each setting stands below one heading, and no heading has a setting that is none.
    #[test]
    fn every_setting_is_in_one_group() {
        let command = crate::ServerArguments::command();
        let mut there: Vec<&str> =
            command.get_arguments().map(|arg| arg.get_id().as_str()).collect();
        let grouped = GROUPS.iter().flat_map(|group| group.settings);
        let mut grouped: Vec<&str> = grouped.chain(USUAL).copied().collect();
        there.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(there, grouped);
    }
}
