//! The demo's output.

use super::race::{ATTEMPTS, Audit, CUSTOMERS, PLACES, RaceOutcome};
use boxoffice_client::ClientConfig;
use boxoffice_protocol::event::EventSummary;
use boxoffice_protocol::reservation::{Places, Reservation};
use comfy_table::{ContentArrangement, Table, presets};
use std::net::SocketAddr;
use std::path::PathBuf;

pub(super) fn catalog(events: &[EventSummary]) -> String {
    let mut table = table(&["event", "name", "starts", "places"]);
    for event in events {
        let starts = event.starts_at.to_string();
        let places = event.counts.capacity().to_string();
        table.add_row([event.id.to_string(), event.name.to_string(), starts, places]);
    }
    format!("\nOn sale:\n{table}")
}

/// The outcome of the first race, by customer.
pub(super) fn first_race(outcome: &RaceOutcome) -> String {
    let mut table = table(&["customer", "got", "customer", "got"]);
    for pair in outcome.customers.chunks(2) {
        let cells = pair.iter().flat_map(|(customer, got)| {
            [customer.to_string(), got.as_ref().map_or_else(|why| format!("— {why}"), seats)]
        });
        table.add_row(cells.collect::<Vec<_>>());
    }
    format!("\n{CUSTOMERS} customers race for {PLACES} places:\n{table}")
}

/// The winner of the second race.
pub(super) fn second_race(outcome: &RaceOutcome) -> String {
    let winners = winners(outcome);
    let winner = winners.first().map_or_else(
        || "no winner".to_owned(),
        |reservation| format!("{} has {}", reservation.customer, seats(reservation)),
    );
    let took = outcome.took;
    let rate = ATTEMPTS as f64 / took.as_secs_f64().max(f64::EPSILON);
    format!("\n{ATTEMPTS} attempts for one seat: {winner}, after {took:.2?} ({rate:.0} attempts/s)")
}

/// The counts, and whether all of them are right.
pub(super) fn summary(
    places: &RaceOutcome,
    seat: &RaceOutcome,
    audits: &[Audit],
) -> (String, bool) {
    let booked = winners(places).len();
    let refused: usize = places.refused.values().sum();
    let won = winners(seat).len();
    let lost: usize = seat.refused.values().sum();
    let oversold: usize = audits.iter().map(|audit| audit.oversold).sum();
    let listed: usize = audits.iter().map(|audit| audit.reservations).sum();
    let right = booked == PLACES
        && refused == CUSTOMERS - PLACES
        && won == 1
        && lost == ATTEMPTS - 1
        && oversold == 0
        && listed == booked + won
        && audits.iter().all(|audit| audit.counts_agree);
    let verdict = if right { "every count is right" } else { "THE COUNTS ARE WRONG" };
    let took = places.took + seat.took;
    let text = format!(
        "\n{booked} booked, {refused} refused, {won} winner, {oversold} oversold, \
         in {took:.2?}: {verdict}"
    );
    (text, right)
}

/// Commands to try next.
pub(super) fn next_commands(server: SocketAddr, customer: &ClientConfig) -> String {
    let mut cli = program();
    if server.port() != 7117 {
        cli.push_str(&format!(" --server {server}"));
    }
    if customer.tls.is_some() {
        cli.push_str(" --insecure");
    }
    let token = customer.token.as_ref();
    let show =
        token.map_or_else(String::new, |token| format!(" export BOXOFFICE_TOKEN={token}\n "));
    format!(
        "\nThe server stays up (Ctrl-C stops it). Try, in a second terminal:\n\
         \x20{show} {cli} events\n\
         \x20 {cli} seats dune-2\n\
         \x20 {cli} hold dune-2 --best 2 --together --customer ann\n\
         \x20 {cli} reserve jazz-night --standing 2 --section floor --customer ann\n\
         \x20 {cli} reservations --customer ann\n\
         \x20 {cli} shell --customer ann"
    )
}

/// How the command line is started, which is as this program was: by cargo, by its path, by its name.
fn program() -> String {
    const NAME: &str = "boxoffice";
    if std::env::var_os("CARGO").is_some() {
        return format!("cargo run --release --bin {NAME} --");
    }
    let own = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let beside = own.with_file_name(NAME);
    let by_path = own.components().count() > 1 && beside.is_file();
    if by_path { beside.display().to_string() } else { NAME.to_owned() }
}

/// The addresses of the web page.
pub(super) fn page(address: SocketAddr, is_encrypted: bool) -> String {
    let scheme = if is_encrypted { "https" } else { "http" };
    format!(
        "Or look: the page is at {scheme}://{address}/, the operator's at {scheme}://{address}/admin"
    )
}

fn winners(outcome: &RaceOutcome) -> Vec<&Reservation> {
    outcome.customers.iter().filter_map(|(_, got)| got.as_ref().ok()).collect()
}

fn seats(reservation: &Reservation) -> String {
    match &reservation.places {
        Places::Seats(seats) => seats.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Places::Standing { section, places } => format!("{places} in {section}"),
    }
}

fn table(headers: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headers);
    table
}
