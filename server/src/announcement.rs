//! The lines on stdout that say where the server listens.

use boxoffice_server::Server;
use std::io::Write as _;

/// Prints the address of the binary protocol first, then that of HTTP, or that it is off, and then
/// that of the operators' own port, if there is one.
pub(crate) fn announce(server: &Server) -> std::io::Result<()> {
    say(&format!("listening on {}", server.address()))?;
    match server.http_address() {
        Some(address) if server.speaks_tls() => say(&format!("https on {address}"))?,
        Some(address) => say(&format!("http on {address}"))?,
        None => say("http off")?,
    }
    server.operator_address().map_or(Ok(()), |address| say(&format!("for operators on {address}")))
}

/// Prints a line at once: scripts and tests wait for it.
pub(crate) fn say(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}
