//! The program `boxoffice` against a server.

mod cli {
    mod backup;
    mod batch_killed;
    mod batch_over_restarts;
    mod bench;
    mod life;
    mod refusals;
    mod season;
    mod shell;
    mod tls;
    mod tokens;
}
