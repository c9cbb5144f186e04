//! The scenes: what the attackers do, and what the others must not notice.

use crate::attack::{Attack, Deed};
use crate::attackers::Attackers;
use crate::newcomers::{LetIn, Newcomers};
use crate::polite::{Latencies, Polite};
use crate::stage::{Set, Stage};
use std::path::Path;
use std::time::Duration;

/// What an attack may do to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// p50 at most 3 times what it is alone; p99 at most 5 times, or 2 ms.
    Latency,
    /// 99 of 100 newcomers are let in within a second.
    Newcomers,
    /// Both.
    LatencyAndNewcomers,
}

/// A scene.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    set: Set,
    arguments: &'static [&'static str],
    deed: Deed,
    newcomers: Newcomers,
    pub(crate) bound: Bound,
    /// How many connections the attackers have, where it is not as many as are asked for.
    connections: Option<u32>,
}

const SCENE: Scene = Scene {
    name: "",
    set: Set::Nothing,
    arguments: &[],
    deed: Deed::Pings,
    newcomers: Newcomers::None,
    bound: Bound::Latency,
    connections: None,
};

/// So few that the attackers can have them all.
const FEW: &[&str] = &[
    "--max-connections=128",
    "--http-max-connections=128",
    "--max-streams=64",
    "--handshake-timeout=1s",
];

pub(crate) const SCENES: &[Scene] = &[
    Scene { name: "row-40-best-seats", set: Set::BrokenHall, deed: Deed::BestSeats, ..SCENE },
    Scene { name: "row-41-gone", set: Set::BrokenHall, deed: Deed::BeGone, ..SCENE },
    Scene {
        name: "row-42-reservations",
        set: Set::ManyReservations,
        deed: Deed::ListReservations,
        ..SCENE
    },
    Scene { name: "row-42-events", set: Set::ManyEvents, deed: Deed::ListEvents, ..SCENE },
    Scene { name: "row-42-seats", set: Set::LargeHall, deed: Deed::Seats, ..SCENE },
    Scene { name: "row-42-pings", deed: Deed::Pings, ..SCENE },
    Scene {
        name: "row-43-silent",
        arguments: FEW,
        deed: Deed::BeSilentBesides,
        newcomers: Newcomers::Customer,
        bound: Bound::Newcomers,
        connections: Some(256),
        ..SCENE
    },
    Scene {
        name: "row-43-silent-same-address",
        arguments: FEW,
        deed: Deed::BeSilent,
        newcomers: Newcomers::Customer,
        bound: Bound::Newcomers,
        connections: Some(256),
        ..SCENE
    },
    Scene {
        name: "row-43-health",
        arguments: FEW,
        deed: Deed::BeSilent,
        newcomers: Newcomers::Probe,
        bound: Bound::Newcomers,
        connections: Some(256),
        ..SCENE
    },
    Scene {
        name: "row-44-connections",
        arguments: FEW,
        deed: Deed::TakeConnections,
        newcomers: Newcomers::Admin,
        bound: Bound::LatencyAndNewcomers,
        ..SCENE
    },
    Scene {
        name: "row-44-streams",
        arguments: FEW,
        deed: Deed::TakeStreams,
        newcomers: Newcomers::AdminStream,
        bound: Bound::LatencyAndNewcomers,
        ..SCENE
    },
    Scene {
        name: "row-45-ids",
        set: Set::LimitedEvent,
        arguments: &["--max-reservations=20000"],
        deed: Deed::SpendIds,
        connections: Some(16),
        ..SCENE
    },
    Scene {
        name: "row-49-addresses",
        arguments: &["--visitors=yes", "--trusted-proxy=127.0.0.1"],
        deed: Deed::HoldFromManyAddresses,
        newcomers: Newcomers::Visitors,
        bound: Bound::Newcomers,
        connections: Some(200),
        ..SCENE
    },
];

/// What a scene showed at one number of connections.
pub(crate) struct Shown {
    pub(crate) connections: u32,
    pub(crate) beside: Latencies,
    pub(crate) let_in: LetIn,
}

impl Scene {
    /// Plays the scene with each number of connections, and shows what the polite client saw alone
    /// and beside.
    pub(crate) fn play(
        &self,
        (program, below): (&Path, &Path),
        connections: &[u32],
        span: Duration,
        mut show: impl FnMut(&Latencies, &Shown),
    ) -> anyhow::Result<()> {
        eprintln!("{}: setting the stage", self.name);
        let stage = Stage::open((program, below), self.arguments, self.set)?;
        let mut polite = Polite::enter(stage.address(), &stage.polite)?;
        polite.ask(span / 5)?;
        let alone = polite.ask(span)?;
        let own = self.connections.map(|connections| [connections]);
        for &connections in own.as_ref().map_or(connections, |own| own) {
            eprintln!("{}: {connections} connections", self.name);
            let attackers = Attackers::start(&self.attack(&stage, connections)?)?;
            let (beside, let_in) = std::thread::scope(|scope| {
                let coming = scope.spawn(|| self.newcomers.come(&stage, span));
                let beside = polite.ask(span);
                (beside, coming.join().expect("it does not panic"))
            });
            attackers.stop()?;
            show(&alone, &Shown { connections, beside: beside?, let_in });
        }
        Ok(())
    }

    fn attack(&self, stage: &Stage, connections: u32) -> anyhow::Result<Attack> {
        let token = match self.deed {
            Deed::TakeConnections | Deed::TakeStreams => &stage.reader,
            _ => &stage.attacker,
        };
        let token = token.as_str().to_owned();
        Ok(Attack {
            deed: self.deed,
            address: stage.address(),
            http: stage.http()?,
            token,
            connections,
        })
    }
}
