//! Clients that come while the attack lasts, one after the other.

use crate::stage::Stage;
use crate::wire::Wire;
use crate::{http, polite};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::new_id;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// From one newcomer to the next.
const EVERY: Duration = Duration::from_millis(12);

/// Within this time one is to be let in.
const IN_TIME: Duration = Duration::from_secs(1);

/// How they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Newcomers {
    None,
    /// A customer, from the address of all.
    Customer,
    /// Visitors, each at an address of its own. They hold a place.
    Visitors,
    Admin,
    /// An admin that opens a stream.
    AdminStream,
    /// A probe of the server's health.
    Probe,
}

/// How many came, and how many of them were let in in time.
#[derive(Debug, Default)]
pub(crate) struct LetIn {
    pub(crate) came: u32,
    pub(crate) in_time: u32,
    /// Why the last one was not let in at all.
    pub(crate) error: Option<anyhow::Error>,
}

impl LetIn {
    pub(crate) fn share(&self) -> f64 {
        f64::from(self.in_time) / f64::from(self.came.max(1))
    }
}

impl Newcomers {
    /// Lets them come for this long.
    #[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
    pub(crate) fn come(self, stage: &Stage, span: Duration) -> LetIn {
        let (begun, mut let_in) = (Instant::now(), LetIn::default());
        while self != Self::None && begun.elapsed() < span {
            let came = Instant::now();
            let entered = self.enter(stage, let_in.came);
            let_in.in_time += u32::from(entered.is_ok() && came.elapsed() <= IN_TIME);
            let_in.came += 1;
            let_in.error = entered.err().or(let_in.error);
            std::thread::sleep(EVERY.saturating_sub(came.elapsed()));
        }
        let_in
    }

    fn enter(self, stage: &Stage, number: u32) -> anyhow::Result<()> {
        let address = stage.address();
        match self {
            Self::None => Ok(()),
            Self::Customer => Wire::enter(address, &stage.polite).map(drop),
            Self::Visitors => hold_a_place(stage, number),
            Self::Admin => Wire::enter(address, &stage.admin).map(drop),
            Self::AdminStream => {
                let path = format!("/v1/events/{}/stream", polite::EVENT);
                http::ask(stage.http()?, ("GET", &path), &http::bearer(&stage.admin), "").map(drop)
            }
            Self::Probe => http::ask(stage.http()?, ("GET", "/healthz"), "", "").map(drop),
        }
    }
}

/// Becomes a visitor at the address of this number, and holds a place.
fn hold_a_place(stage: &Stage, number: u32) -> anyhow::Result<()> {
    let from = Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number);
    let from = format!("x-forwarded-for: {from}\r\n");
    let welcomed = http::ask(stage.http()?, ("POST", "/v1/visitor"), &from, "")?;
    let headers = format!("{from}{}", http::visitor(&welcomed)?);
    let now = Timestamp::default().plus(polite::wall_clock());
    let hold = format!(r#"{{"id":"{}","standing":{{"places":1}}}}"#, new_id(now));
    let path = format!("/v1/events/{}/reservations", polite::EVENT);
    http::ask(stage.http()?, ("POST", &path), &headers, &hold).map(drop)
}
