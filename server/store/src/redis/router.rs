//! Which primary has which keys.

use super::address::RedisAddress;
use super::appender::RedisAppends;
use super::endpoint::Endpoint;
use super::error::RedisError;
use super::failure::{CommandFailure, CommandFate};
use super::keys::Bucket;
use super::node::{Node, Place, Redirects, Request, Told};
use super::server_settings::ServerFacts;
use super::settings::RedisSettings;
use super::slots;
use crate::appender::Appender;
use futures_util::future::{join_all, select_ok};
use parking_lot::RwLock;
use redis::Cmd;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// How often a request follows a cluster's redirections.
const REDIRECTIONS: u32 = 5;

/// Commands that are sent together.
const TOGETHER: usize = 256;

/// A primary and what waits to be appended there.
pub(super) struct Shard {
    /// None of a primary that sentinels name.
    pub(super) endpoint: Option<Endpoint>,
    pub(super) node: Arc<Node>,
    pub(super) appender: Arc<Appender<RedisAppends>>,
}

/// The primaries, and the one that has each bucket.
pub(super) struct Router {
    address: Arc<RedisAddress>,
    settings: Arc<RedisSettings>,
    map: RwLock<ShardMap>,
    kind: Kind,
    is_refreshing: AtomicBool,
    /// Itself, for the work that it starts.
    me: Weak<Self>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    OneServer,
    Cluster,
}

struct ShardMap {
    /// By their names in redirections; a primary that sentinels name has none.
    shards: BTreeMap<Option<Endpoint>, Arc<Shard>>,
    /// By the index of a bucket; none where no primary has its slot.
    owners: Vec<Option<Arc<Shard>>>,
}

impl Router {
    /// Learns which primaries there are. `facts` are those of a server of this address.
    pub(super) async fn open(
        address: &Arc<RedisAddress>,
        settings: &Arc<RedisSettings>,
        facts: &ServerFacts,
    ) -> Result<Arc<Self>, RedisError> {
        let kind = if facts.is_cluster { Kind::Cluster } else { Kind::OneServer };
        if kind == Kind::OneServer && address.sentinel.is_none() && address.endpoints.len() > 1 {
            return Err(RedisError::Address(
                "several hosts are nodes of a cluster, or sentinels with ?sentinel=NAME",
            ));
        }
        let router = Arc::new_cyclic(|me| Self {
            address: Arc::clone(address),
            settings: Arc::clone(settings),
            map: RwLock::new(ShardMap { shards: BTreeMap::new(), owners: Vec::new() }),
            kind,
            is_refreshing: AtomicBool::new(false),
            me: me.clone(),
        });
        match kind {
            Kind::Cluster => router.learn().await?,
            Kind::OneServer => {
                let at = address.sentinel.is_none().then(|| address.endpoints[0].clone());
                let shard = router.shard(at);
                router.map.write().owners =
                    Bucket::all().map(|_| Some(Arc::clone(&shard))).collect();
            }
        }
        Ok(router)
    }

    /// All primaries that are known.
    pub(super) fn shards(&self) -> Vec<Arc<Shard>> {
        self.map.read().shards.values().cloned().collect()
    }

    /// Where the primaries are, but for one that sentinels name.
    pub(super) fn endpoints(&self) -> Vec<Endpoint> {
        self.map.read().shards.keys().flatten().cloned().collect()
    }

    /// The primary that has a bucket.
    pub(super) fn owner(&self, bucket: Bucket) -> Result<Arc<Shard>, CommandFailure> {
        let owner = self.map.read().owners.get(bucket.index()).cloned().flatten();
        owner.ok_or_else(|| {
            self.refresh();
            CommandFailure::unavailable("no primary of the cluster has its slot")
        })
    }

    /// The shard at an endpoint, as of now if it is new.
    fn shard(&self, at: Option<Endpoint>) -> Arc<Shard> {
        let mut map = self.map.write();
        let made = map.shards.entry(at.clone()).or_insert_with(|| {
            let endpoint = at.clone();
            let place = at.map_or(Place::Primary, Place::At);
            let node = Arc::new(Node::new(&place, &self.address, &self.settings));
            let sent = RedisAppends { node: Arc::clone(&node), router: self.me.clone() };
            let (most, wait) = (self.settings.connections, self.settings.connection_wait);
            let appender = Appender::start(sent, most, wait);
            Arc::new(Shard { endpoint, node, appender })
        });
        Arc::clone(made)
    }

    /// Asks for one thing, wherever its bucket is.
    pub(super) async fn ask(&self, request: Request) -> Told {
        let told = match self.owner(request.bucket) {
            Ok(shard) => one(shard.node.ask(std::slice::from_ref(&request), false).await),
            Err(failure) => Err(failure),
        };
        self.follow_to(request, told).await
    }

    /// Asks for many things; each is answered by itself, in the order of the requests.
    pub(super) async fn ask_all(&self, requests: Vec<Request>) -> Vec<Told> {
        let mut told: Vec<Option<Told>> = requests.iter().map(|_| None).collect();
        let mut groups: Vec<(Arc<Shard>, Vec<usize>)> = Vec::new();
        for (place, request) in requests.iter().enumerate() {
            match self.owner(request.bucket) {
                Err(failure) => told[place] = Some(Err(failure)),
                Ok(shard) => {
                    let fits = |(of, places): &&mut (Arc<Shard>, Vec<usize>)| {
                        Arc::ptr_eq(of, &shard) && places.len() < TOGETHER
                    };
                    match groups.iter_mut().rev().find(fits) {
                        Some((_, places)) => places.push(place),
                        None => groups.push((shard, vec![place])),
                    }
                }
            }
        }
        let asked = groups.iter().map(async |(shard, places)| {
            let group: Vec<_> = places.iter().map(|place| requests[*place].clone()).collect();
            shard.node.ask(&group, false).await
        });
        let asked = join_all(asked).await;
        for ((_, places), answers) in groups.iter().zip(asked) {
            let answers = answers.unwrap_or_else(|failure| vec![Err(failure); places.len()]);
            places.iter().zip(answers).for_each(|(place, it)| told[*place] = Some(it));
        }
        let followed = requests.into_iter().zip(told).map(|(request, told)| {
            let told = told.unwrap_or_else(|| Err(CommandFailure::unknown("it was not asked")));
            self.follow_to(request, told)
        });
        join_all(followed).await
    }

    /// Follows an answer that redirects, and returns the last one.
    async fn follow_to(&self, request: Request, mut told: Told) -> Told {
        for _ in 0..REDIRECTIONS {
            let failure = match &told {
                Err(failure) => failure,
                Ok(_) => return told,
            };
            let CommandFate::Elsewhere { endpoint, is_asking } = failure.fate.clone() else {
                self.note(failure);
                return told;
            };
            let shard = self.shard(Some(endpoint));
            if !is_asking {
                let mut map = self.map.write();
                if let Some(owner) = map.owners.get_mut(request.bucket.index()) {
                    *owner = Some(Arc::clone(&shard));
                }
                drop(map);
                self.refresh();
            }
            told = one(shard.node.ask(std::slice::from_ref(&request), is_asking).await);
        }
        told
    }

    /// Asks all primaries for what each of them can tell, and returns the first answer.
    pub(super) async fn ask_any(&self, command: Cmd) -> Told {
        let asked = self.shards().into_iter().map(|shard| {
            let request = Request::to_read(Bucket::LEASES, command.clone());
            Box::pin(async move { one(shard.node.ask(&[request], false).await) })
        });
        let asked: Vec<_> = asked.collect();
        if asked.is_empty() {
            return Err(CommandFailure::unavailable("no primary is known"));
        }
        select_ok(asked).await.map(|(answer, _)| answer)
    }

    /// Learns anew which primary has what, beside everything else.
    fn refresh(&self) {
        let Some(me) = self.me.upgrade() else { return };
        if self.kind == Kind::OneServer || self.is_refreshing.swap(true, Ordering::AcqRel) {
            return;
        }
        tokio::spawn(async move {
            // What cannot be learned now is asked for again by the next failure.
            drop(me.learn().await);
            me.is_refreshing.store(false, Ordering::Release);
        });
    }

    async fn learn(&self) -> Result<(), CommandFailure> {
        let known: Vec<_> = self.map.read().shards.keys().flatten().cloned().collect();
        let seeds = self.address.endpoints.iter().cloned().chain(known);
        let owners = slots::owners(seeds, &self.address).await?;
        let owners: Vec<_> =
            owners.into_iter().map(|owner| owner.map(|at| self.shard(Some(at)))).collect();
        let mut map = self.map.write();
        let is_owner =
            |shard: &Arc<Shard>| owners.iter().flatten().any(|it| Arc::ptr_eq(it, shard));
        map.shards.retain(|_, shard| is_owner(shard));
        map.owners = owners;
        Ok(())
    }
}

impl Redirects for Router {
    fn follow(
        self: Arc<Self>,
        request: Request,
        told: Told,
    ) -> Pin<Box<dyn Future<Output = Told> + Send>> {
        Box::pin(async move { self.follow_to(request, told).await })
    }

    fn note(&self, failure: &CommandFailure) {
        if failure.is_of_connection() {
            self.refresh();
        }
    }
}

/// The answer to one request.
fn one(told: Result<Vec<Told>, CommandFailure>) -> Told {
    told?.pop().unwrap_or_else(|| Err(CommandFailure::unknown("the server gave no answer")))
}
