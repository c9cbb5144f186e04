//! Where a scene is played: a session whose requests come from memory, and a data folder behind it.

use crate::counted::counted;
use crate::scenes::{Maker, Scene};
use anyhow::ensure;
use boxoffice_protocol::frame::ClientCodec;
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Hello, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Dependencies;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{Config, FolderOptions, OpenFolder, StoreChoice, SyncPolicy};
use boxoffice_server::randomness::Randomness;
use boxoffice_server::tcp::Rehearsal;
use bytes::BytesMut;
use std::ops::Range;
use tempfile::TempDir;
use tokio_util::codec::{Decoder, Encoder};

/// Requests that arrive together.
const TOGETHER: u64 = 16;

/// When it is played. The clock stands: valgrind has no fast way to read a real one.
const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);

/// A session that has said hello, and its server.
pub(crate) struct Stage {
    session: Rehearsal,
    maker: Maker,
    _folder: TempDir,
}

impl Stage {
    pub(crate) fn open() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let options = FolderOptions {
            path: folder.path().join("data"),
            sync: SyncPolicy::Always,
            segment_bytes: 16 << 20,
            backlog_bytes: 1 << 30,
            open_folder: OpenFolder::Refused,
        };
        let store = StoreChoice::Folder(options);
        let clock = Some(Clock::manual(NOW));
        let randomness = Randomness::Repeated;
        let given = Dependencies { clock, randomness, ..Dependencies::default() };
        let session = Rehearsal::new(Config { store, ..Config::default() }, given)?;
        let maker = Maker { now: NOW };
        let mut stage = Self { session, maker, _folder: folder };
        let hello = Hello {
            magic: MAGIC,
            protocol_version: PROTOCOL_VERSION,
            token: None,
            client: "instructions".parse()?,
            in_flight: 0,
        };
        stage.ask(&[Request::Hello(hello)], |body| matches!(body, Body::Welcome(_)))?;
        Ok(stage)
    }

    /// Plays a scene: makes it ready, rehearses it, and counts it.
    pub(crate) fn play(mut self, scene: &Scene) -> anyhow::Result<()> {
        let all = 0..2 * scene.numbers;
        let created = self.maker.create(&scene.hall);
        self.ask(&[created], |body| matches!(body, Body::EventSaved { .. }))?;
        let before = (scene.before)(&self.maker, all.clone());
        self.ask(&before, |body| !matches!(body, Body::Refused(_)))?;
        for first in all.step_by(16) {
            self.some(scene, first..first + TOGETHER)?;
        }
        Ok(())
    }

    fn some(&mut self, scene: &Scene, numbers: Range<u64>) -> anyhow::Result<()> {
        let make = |number| (scene.request)(&self.maker, number);
        let requests: Vec<Request> = numbers.clone().map(make).collect();
        let count = if numbers.start >= scene.numbers { Count::Yes } else { Count::No };
        self.exchange(&requests, count, scene.expects)?;
        let after = numbers.filter_map(|number| (scene.after)(&self.maker, number));
        self.ask(&after.collect::<Vec<_>>(), |body| !matches!(body, Body::Refused(_)))
    }

    /// Asks for what is not counted.
    fn ask(&mut self, requests: &[Request], expects: fn(&Body) -> bool) -> anyhow::Result<()> {
        requests.chunks(64).try_for_each(|some| self.exchange(some, Count::No, expects))
    }

    /// Sends requests and reads their replies. A fast answer that is wrong is of no use.
    fn exchange(
        &mut self,
        requests: &[Request],
        count: Count,
        expects: fn(&Body) -> bool,
    ) -> anyhow::Result<()> {
        self.session.put(&encoded(requests)?);
        let mut replies = BytesMut::with_capacity(1 << 20);
        let mut answered = 0;
        while answered < requests.len() {
            self.turn(count, &mut replies);
            ensure!(!replies.is_empty(), "only {answered} requests were answered");
            while let Some(frame) = ClientCodec.decode(&mut replies)? {
                let body = frame.reply.body;
                ensure!(expects(&body), "not the answer that was expected: {body:?}");
                answered += 1;
            }
        }
        Ok(())
    }

    fn turn(&mut self, count: Count, replies: &mut BytesMut) {
        match count {
            Count::Yes => {
                counted(|| self.session.execute());
                self.session.settle();
                counted(|| self.session.take(replies));
            }
            Count::No => {
                self.session.execute();
                self.session.settle();
                self.session.take(replies);
            }
        }
    }
}

/// Whether instructions are counted.
#[derive(Clone, Copy)]
enum Count {
    Yes,
    No,
}

fn encoded(requests: &[Request]) -> anyhow::Result<BytesMut> {
    let mut bytes = BytesMut::new();
    for (correlation, request) in (1..).zip(requests) {
        ClientCodec.encode((correlation, request), &mut bytes)?;
    }
    Ok(bytes)
}
