//! The server on core 0, with tokens and events.

use crate::wire::Wire;
use crate::{http, polite};
use anyhow::Context;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{LetteredSeat, SeatLabel, SectionName, Token};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{SeatLabels, Selection};
use boxoffice_testing::process::Process;
use boxoffice_testing::{concert, create, film, new_id, reserve, standing};
use std::net::SocketAddr;
use std::num::NonZero;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The customer whose token the attackers have.
pub(crate) const ATTACKER: &str = "mallory";

/// A hall with as many rows as an event may have, and no row whole.
pub(crate) const BROKEN: &str = "broken";
const SECTIONS: u8 = 25;
const ROWS: u16 = 4_000;
const ROW_SEATS: u16 = 10;
/// The seat of each row that is sold.
const SOLD: u16 = 5;

/// A hall with as many seats as an event may have.
pub(crate) const LARGE: &str = "large";

/// An event that sells two places to a customer.
pub(crate) const LIMITED: &str = "limited";

/// Reservations of the attackers' customer, as many as a page has.
const RESERVATIONS: usize = 1_000;

/// Events that a list has.
const EVENTS: usize = 1_000;

/// Kinds of places that attackers ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Set {
    Nothing,
    BrokenHall,
    LargeHall,
    ManyReservations,
    ManyEvents,
    LimitedEvent,
}

pub(crate) struct Stage {
    process: Process,
    _folder: TempDir,
    pub(crate) polite: Token,
    pub(crate) attacker: Token,
    pub(crate) reader: Token,
    pub(crate) admin: Token,
}

impl Stage {
    pub(crate) fn open(
        (program, below): (&Path, &Path),
        arguments: &[&str],
        set: Set,
    ) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(below)?;
        let tokens = folder.path().join("tokens.toml");
        let token = |words: &[&str]| create_token(program, &tokens, words);
        let polite = token(&["ann", "--role", "customer", "--customer", "ann"])?;
        let attacker = token(&[ATTACKER, "--role", "customer", "--customer", ATTACKER])?;
        let reader = token(&["screen", "--role", "reader"])?;
        let admin = token(&["ops", "--role", "admin"])?;
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", "0"]).arg(program);
        command.args(["--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--log", "error"]);
        command.arg("--data").arg(folder.path().join("data"));
        command.arg("--tokens").arg(&tokens).args(arguments);
        let process = Process::try_spawn(&mut command)
            .map_err(|status| anyhow::anyhow!("the server does not listen: {status}"))?;
        let stage = Self { process, _folder: folder, polite, attacker, reader, admin };
        stage.set(set)?;
        Ok(stage)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.process.address
    }

    pub(crate) fn http(&self) -> anyhow::Result<SocketAddr> {
        self.process.http.context("HTTP is on")
    }

    fn set(&self, set: Set) -> anyhow::Result<()> {
        let mut admin = Wire::enter(self.address(), &self.admin)?;
        admin.ask_all(&[create(polite::EVENT, concert(1_000_000_000))])?;
        match set {
            Set::Nothing => Ok(()),
            Set::BrokenHall => self.break_hall(&mut admin),
            Set::LargeHall => admin.ask_all(&[create(LARGE, film(1_000, 1_000))]),
            Set::ManyReservations => {
                let all: Vec<Request> = (0..RESERVATIONS)
                    .map(|_| reserve(new_id(admin.now()), polite::EVENT, ATTACKER, standing(1)))
                    .collect();
                admin.ask_all(&all)
            }
            Set::ManyEvents => {
                let all: Vec<Request> = (0..EVENTS)
                    .map(|number| create(&format!("e-{number}"), film(10, 10)))
                    .collect();
                admin.ask_all(&all)
            }
            Set::LimitedEvent => {
                let limited = EventSpec { max_per_customer: NonZero::new(2), ..concert(1_000_000) };
                admin.ask_all(&[create(LIMITED, limited)])
            }
        }
    }

    /// Creates a hall, and sells a seat in the middle of each row. Only JSON has a short form of so
    /// many rows.
    fn break_hall(&self, admin: &mut Wire) -> anyhow::Result<()> {
        let sections: Vec<_> = (0..SECTIONS)
            .map(|n| format!(r#"{{"section":"s{n}","price":1000,"rows":"{ROWS}x{ROW_SEATS}"}}"#))
            .collect();
        let sections = sections.join(",");
        let hall =
            format!(r#"{{"name":"x","starts_at":"2099-01-01T00:00:00Z","sections":[{sections}]}}"#);
        let path = format!("/v1/events/{BROKEN}");
        http::ask(self.http()?, ("PUT", &path), &http::bearer(&self.admin), &hall)?;
        let mut sold = Vec::new();
        for number in 0..SECTIONS {
            let section = Some(format!("s{number}").parse()?);
            let section = section.as_ref().map(|name: &SectionName| name.as_str());
            let label = |row| SeatLabel::from(LetteredSeat { section, row, number: SOLD });
            sold.extend((0..ROWS).map(label));
        }
        let sales: Vec<Request> = sold
            .chunks(100)
            .map(|labels| {
                let seats = SeatLabels::new(labels.to_vec()).expect("as many as one may have");
                reserve(new_id(admin.now()), BROKEN, "ann", Selection::Seats(seats))
            })
            .collect();
        admin.ask_all(&sales)
    }
}

fn create_token(program: &Path, file: &Path, words: &[&str]) -> anyhow::Result<Token> {
    let mut command = Command::new(program);
    let output =
        command.args(["token", "create"]).args(words).arg("--tokens").arg(file).output()?;
    Ok(Token::parse(String::from_utf8(output.stdout)?.trim())?)
}
