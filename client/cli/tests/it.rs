//! The program `boxoffice`, run against servers in the test's own process, against server processes
//! where they are killed, and against a server that the test plays.

mod it {
    mod backup;
    mod batch_killed;
    mod batch_over_restarts;
    mod bench;
    mod cancelled_events;
    mod command_line;
    mod contexts;
    mod corrected;
    mod examples;
    mod exchanges;
    mod failed_rows;
    mod files;
    mod found;
    mod life;
    mod output;
    mod plan;
    mod presentation;
    mod refusals;
    mod sales_windows;
    mod season;
    mod server;
    mod shell;
    mod standing;
    mod tickets;
    mod time_zones;
    mod tls;
    mod tokens;
    mod transfers;
}
