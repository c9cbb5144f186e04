//! A server for the season, whose holds outlive the test.

use boxoffice_testing::cli::Cli;
use boxoffice_testing::process::Process;
use boxoffice_testing::season::Season;

/// A new server, and the first `rows` of the season for it.
pub(super) fn season(rows: usize) -> (Process, Season) {
    let server = Process::start(&["--hold-default", "30m"]);
    let season = Season::on(Cli::at(server.address), rows);
    (server, season)
}
