//! A client: its connection, the replies that it waits for, the requests without a known outcome
//! that it will ask again, and what it watches.

use crate::claims::{Claim, Claims, Heard, Newest, SentRequest};
use crate::figures::Figures;
use crate::people::Person;
use crate::trace::Trace;
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame};
use boxoffice_protocol::id::{ClientName, EventId};
use boxoffice_protocol::limits::{MAGIC, PROTOCOL_VERSION};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Hello, Request};
use boxoffice_server::clock::moment;
use boxoffice_server::metrics::Closed;
use boxoffice_server::server_state::ServerState;
use boxoffice_server::tcp::{Conversation, PushWhen, Pushed, TurnEnd};
use bytes::BytesMut;
use fastrand::Rng;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio_util::codec::{Decoder, Encoder};

/// Requests that a client has in flight at most, and that it will ask again at most.
const MOST_OPEN: usize = 20;
const MOST_UNKNOWN: usize = 8;

pub(crate) struct Client {
    who: Person,
    pub(crate) link: Option<Link>,
    /// Requests without a known outcome; they are asked again, under the same ids.
    unknown: Vec<Request>,
    /// The last correlation id; never used twice, so that it is clear what is answered.
    correlation: u32,
}

/// A connection: both ends, and what is on its way between them.
pub(crate) struct Link {
    talk: Conversation,
    /// Whether there is more to push than was.
    more_news: bool,
    /// Whether the server has said all it will.
    is_over: bool,
    up: BytesMut,
    down: BytesMut,
    arrived: BytesMut,
    open: BTreeMap<u32, Open>,
    told: Newest,
}

/// What a correlation id stands for.
enum Open {
    Hello,
    Request(Box<SentRequest>),
    Watch(Watch),
}

/// A watch, as its watcher follows it.
struct Watch {
    asked: Box<SentRequest>,
    event: EventId,
    known: Option<u64>,
    progress: Progress,
}

/// What a watcher expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// A snapshot, or what follows the version it named.
    Begins,
    /// The next version; or a snapshot, if the terms changed.
    Follows,
    /// A snapshot of whatever version.
    Lost,
}

impl Client {
    pub(crate) fn new(who: Person) -> Self {
        Self { who, link: None, unknown: Vec::new(), correlation: 0 }
    }

    pub(crate) fn connect(&mut self, shared: &Arc<ServerState>, random: &mut Rng) {
        self.correlation += 1;
        let hello = Request::Hello(Hello {
            magic: MAGIC,
            protocol_version: PROTOCOL_VERSION,
            token: Some(self.who.token()),
            client: ClientName::parse("simulated").expect("a name"),
            in_flight: random.u32(0..6),
        });
        let mut link = Link {
            talk: Conversation::new(Arc::clone(shared), Ipv4Addr::LOCALHOST.into()),
            more_news: false,
            is_over: false,
            up: BytesMut::new(),
            down: BytesMut::new(),
            arrived: BytesMut::new(),
            open: BTreeMap::from([(self.correlation, Open::Hello)]),
            told: Newest::default(),
        };
        link.send(self.correlation, &hello);
        self.link = Some(link);
    }

    /// Whether there is something to be asked again.
    pub(crate) fn is_in_doubt(&self) -> bool {
        !self.unknown.is_empty()
    }

    /// Asks again a request without a known outcome.
    pub(crate) fn ask_again(&mut self, claims: &Claims, random: &mut Rng) {
        if self.unknown.is_empty() {
            return;
        }
        let request = self.unknown.swap_remove(random.usize(..self.unknown.len()));
        self.ask(request, claims);
    }

    /// Sends a request, unless too many are open; says whether it did.
    pub(crate) fn ask(&mut self, request: Request, claims: &Claims) -> bool {
        let Some(link) = self.link.as_mut().filter(|link| link.open.len() < MOST_OPEN) else {
            return false;
        };
        self.correlation += 1;
        link.send(self.correlation, &request);
        let asked = Box::new(claims.ask(self.who.clone(), request));
        let open = match &asked.request {
            Request::Watch { event, from_version } => {
                let (event, known) = (event.clone(), *from_version);
                Open::Watch(Watch { asked, event, known, progress: Progress::Begins })
            }
            _ => Open::Request(asked),
        };
        link.open.insert(self.correlation, open);
        true
    }

    /// The connection is cut. What was on its way is lost, and what was asked is in doubt.
    pub(crate) fn cut(&mut self) {
        let Some(link) = self.link.take() else { return };
        for open in link.open.into_values() {
            if let Open::Request(asked) = open
                && self.unknown.len() < MOST_UNKNOWN
            {
                self.unknown.push(asked.request);
            }
        }
    }

    /// The client reads some of what has come.
    pub(crate) fn listen(
        &mut self,
        share: Share,
        claims: &mut Claims,
        trace: &mut Trace,
        figures: &mut Figures,
    ) {
        let Some(link) = &mut self.link else { return };
        let bytes = share.of(link.down.len());
        let came = link.down.split_to(bytes);
        trace.note(&came);
        link.arrived.extend_from_slice(&came);
        while let Some(frame) = ClientCodec.decode(&mut link.arrived).expect("frames of ours") {
            let doubtful = link.hear(&frame, claims, figures);
            self.unknown.extend(doubtful.filter(|_| self.unknown.len() < MOST_UNKNOWN));
        }
        if link.is_over && link.down.is_empty() {
            self.cut();
        }
    }
}

/// How much of some bytes goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Share {
    All,
    /// A part, by chance.
    Part(u64),
}

impl Share {
    pub(crate) fn by_chance(random: &mut Rng) -> Self {
        if random.u8(..3) > 0 { Self::All } else { Self::Part(random.u64(..)) }
    }

    fn of(self, bytes: usize) -> usize {
        match self {
            Self::All => bytes,
            Self::Part(chance) => Rng::with_seed(chance).usize(..=bytes),
        }
    }
}

impl Link {
    fn send(&mut self, correlation: u32, request: &Request) {
        ClientCodec.encode((correlation, request), &mut self.up).expect("it is well formed");
    }

    /// A turn of the server with this connection, as its session takes it.
    pub(crate) fn serve(&mut self, share: Share, random: &mut Rng) {
        if self.is_over {
            return;
        }
        if self.talk.wants_input() {
            let arrived = self.up.split_to(share.of(self.up.len()));
            self.talk.input.extend_from_slice(&arrived);
        }
        let pace = self.talk.execute(moment(), || random.bool());
        let news =
            if self.more_news || self.talk.has_news() { PushWhen::Due } else { PushWhen::OnlyNew };
        self.more_news = match self.talk.push_news(news) {
            Pushed::Nothing => news == PushWhen::Due && self.talk.is_watching(),
            pushed => pushed == Pushed::Some,
        };
        self.talk.give_up_if_failed();
        let ready = self.talk.ready();
        let written = share.of(ready.len());
        self.down.extend_from_slice(&ready[..written]);
        self.talk.sent(written, moment());
        self.is_over =
            self.talk.closing.is_some() && pace == TurnEnd::Drained && self.talk.is_silent();
    }

    /// The server stops: this much was read, and is answered.
    pub(crate) fn close(&mut self) {
        self.talk.closing.get_or_insert(Closed::Stopped);
    }

    /// Whether the server has nothing more to say, and the client nothing to hear.
    pub(crate) fn is_quiet(&self) -> bool {
        let is_answered = self.talk.input.is_empty() && self.talk.is_silent() && !self.more_news;
        self.up.is_empty() && self.down.is_empty() && (self.is_over || is_answered)
    }

    /// The versions up to which watchers know, of the events that they still watch.
    pub(crate) fn watched(&self) -> impl Iterator<Item = (&EventId, Option<u64>)> {
        self.open.values().filter_map(|open| match open {
            Open::Watch(watch) => Some((&watch.event, watch.known)),
            _ => None,
        })
    }

    /// Takes one reply; returns its request where the outcome is unknown.
    fn hear(
        &mut self,
        frame: &ReplyFrame,
        claims: &mut Claims,
        figures: &mut Figures,
    ) -> Option<Request> {
        figures.replies += 1;
        let ReplyFrame { correlation, reply } = frame;
        let open = self.open.remove(correlation);
        match open.unwrap_or_else(|| panic!("nobody asked for {frame:?}")) {
            Open::Hello => {
                assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
                None
            }
            Open::Request(asked) => {
                if matches!(reply.body, Body::Unwatched)
                    && let Request::Unwatch { event } = &asked.request
                {
                    // Watches that were begun later go on.
                    self.open.retain(|begun, open| {
                        let ends = matches!(open, Open::Watch(watch) if watch.event == *event);
                        !(ends && begun < correlation)
                    });
                }
                let heard = claims.answered(&asked, reply, &mut self.told);
                figures.hear(heard);
                (heard == Heard::Unknown).then_some(asked.request)
            }
            Open::Watch(mut watch) => {
                if let Body::Refused(_) = reply.body {
                    claims.answered(&watch.asked, reply, &mut self.told);
                } else if watch.hear(reply.version, &reply.body, claims, figures) {
                    self.told.hear(&watch.event, reply.version);
                    self.open.insert(*correlation, Open::Watch(watch));
                }
                None
            }
        }
    }
}

impl Watch {
    /// Takes news, each version once and in order; says whether there will be more.
    fn hear(
        &mut self,
        version: u64,
        body: &Body,
        claims: &mut Claims,
        figures: &mut Figures,
    ) -> bool {
        figures.pushes += 1;
        claims.newest.hear(&self.event, version);
        let claim = match body {
            Body::PlacesChanged(changed) => {
                assert_eq!(self.known.map(|known| known + 1), Some(version), "of {}", self.event);
                Claim::Changed(changed.clone())
            }
            Body::Snapshot(map) => {
                if let Some(known) = self.known.filter(|_| self.progress == Progress::Follows) {
                    assert!(version > known, "{version} after {known} of {}", self.event);
                    claims.claim_now(&self.event, version, Claim::NewTermsSince(known));
                }
                Claim::Seats(map.clone())
            }
            Body::Gap => {
                figures.gaps += 1;
                self.progress = Progress::Lost;
                return true;
            }
            Body::WatchEnded => {
                claims.claim_now(&self.event, version, Claim::Ended);
                return false;
            }
            other => panic!("a watcher was told {other:?}"),
        };
        claims.claim_now(&self.event, version, claim);
        self.known = Some(version);
        self.progress = Progress::Follows;
        true
    }
}
