//! The server as a process: its arguments, signals and files, and what a crash, a failing disk or a
//! wrong clock does to it.

mod process {
    mod arguments;
    mod audit_trail;
    mod backup;
    mod backup_ends;
    mod backup_folder;
    mod backup_manifest;
    mod check;
    mod clock_at_start;
    #[cfg(all(feature = "postgres", feature = "redis"))]
    mod copying;
    mod data_folder;
    mod deploy;
    mod export;
    mod failing_disk;
    mod folder_access;
    mod folder_lock;
    mod full_disk;
    mod gone_clients;
    mod health;
    mod kill_9;
    mod kill_9_in_transactions;
    mod newcomers;
    mod plans;
    #[cfg(all(feature = "postgres", feature = "redis"))]
    mod reports;
    mod rows;
    mod service;
    mod shoppers;
    mod signals;
    mod stalled_disk;
    mod tls;
    mod token_commands;
    mod tokens;
    mod unread_replies;
    mod vanished_host;
    mod visitor_keys;
    mod wall_clock;
}
