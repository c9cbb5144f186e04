//! `/metrics`: every figure about this server in the OpenMetrics format.
//!
//! It reads counters that the server keeps anyway, on every request.

use crate::clock::cpu_time;
use crate::metrics::{Connections, HistogramCounts, Listener, ProcessFigures};
use crate::readiness::NotReady;
use crate::server_state::ServerState;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeGaugeValue, EncodeLabelSet, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::exemplar::Exemplar;
use prometheus_client::registry::Registry;
use rustix::fs::statvfs;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Renders every figure. May block for a moment, since it looks at the disk and the process.
pub(crate) fn text(shared: &Arc<ServerState>) -> String {
    let mut ours = Registry::with_prefix("boxoffice");
    ours.register_collector(Box::new(ServerFigures(Arc::clone(shared))));
    let mut process = Registry::with_prefix("process");
    process.register_collector(Box::new(ProcessFigures { cpu_time }));
    let mut text = String::with_capacity(32 << 10);
    [&ours, &process]
        .into_iter()
        .try_for_each(|registry| encode_registry(&mut text, registry))
        .and_then(|()| encode_eof(&mut text))
        .expect("a string takes everything");
    text
}

/// Every figure but those of the process.
#[derive(Debug)]
struct ServerFigures(Arc<ServerState>);

impl Collector for ServerFigures {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut text = MetricsText(encoder);
        let shared = &*self.0;
        server(&mut text, shared)?;
        connections(&mut text, shared)?;
        requests(&mut text, shared)?;
        events(&mut text, shared)?;
        cluster(&mut text, shared)?;
        ledger(&mut text, shared)
    }
}

fn server(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let build = [("version", env!("CARGO_PKG_VERSION")), ("ledger", shared.ledger.kind())];
    // A gauge, not an info metric: scrapers that only know the older format take it, too.
    text.gauges("build_info", "What this is", [(build, 1)])?;
    let uptime = shared.started.elapsed().as_secs_f64();
    text.gauge("uptime_seconds", "Since it began to serve", uptime)?;
    let ahead = shared.clock.ahead().as_secs_f64();
    text.gauge("clock_ahead_seconds", "How far its time is ahead of the wall clock", ahead)?;
    let why_not = shared.readiness().err();
    text.gauge("ready", "1 where it takes new reservations", u64::from(why_not.is_none()))?;
    let whys = NotReady::OPEN.map(|why| ([("why", why.name())], u64::from(why_not == Some(why))));
    text.gauges("not_ready", "1 where it takes none, by why", whys)
}

fn connections(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let (metrics, config) = (&shared.metrics, &shared.config);
    let listeners = [
        ("tcp", &metrics.tcp, config.max_connections),
        ("http", &metrics.http, config.http_max_connections),
    ];
    let of = |what: fn(&Connections) -> u64| {
        listeners.map(|(listener, connections, _)| ([("listener", listener)], what(connections)))
    };
    text.gauges("connections", "Open connections", of(|listener| listener.open.value()))?;
    let limits = listeners.map(|(listener, _, most)| ([("listener", listener)], most as u64));
    text.gauges("connections_limit", "The most that are admitted", limits)?;
    let unsent = shared.unsent.taken() as u64;
    text.gauge("unsent_bytes", "Bytes that clients leave unread, the kernel's included", unsent)?;
    let most = config.memory.unsent_bytes as u64;
    text.gauge("unsent_limit_bytes", "The most that they may leave", most)?;
    let admitted = of(|listener| listener.admitted.value());
    text.counters("connections_admitted", "Connections that were admitted", admitted)?;
    let busy = of(|listener| listener.busy.value());
    text.counters("connections_busy", "Connections that were told to come later", busy)?;
    let closed = listeners.iter().flat_map(|(listener, connections, _)| {
        let causes = connections.closed_by_cause();
        causes.map(move |(cause, count)| {
            let cause = cause.trim_start_matches("closed_");
            ([("listener", *listener), ("cause", cause)], count)
        })
    });
    text.counters("connections_closed", "Connections that ended, by cause", closed)?;
    let failures = listeners.iter().flat_map(|(listener, connections, _)| {
        let whys = connections.login_failures();
        whys.map(move |(why, count)| ([("listener", *listener), ("why", why)], count))
    });
    text.counters("logins_failed", "Logins that failed, by why", failures)
}

fn requests(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let metrics = &shared.metrics;
    let listeners = Listener::ALL.map(|listener| (listener.name(), listener));
    let requests = listeners.into_iter().flat_map(|(name, listener)| {
        let kinds = metrics.requests_by_kind(listener);
        kinds.map(move |(kind, count)| ([("listener", name), ("kind", kind)], count))
    });
    text.counters("requests", "Requests, by what they ask for", requests)?;
    let refusals = listeners.into_iter().flat_map(|(name, listener)| {
        let kinds = metrics.refusals_by_kind(listener);
        kinds.map(move |(kind, count)| ([("listener", name), ("refusal", kind)], count))
    });
    text.counters("refusals", "Requests that were refused, by why", refusals)?;
    let took = [("change", metrics.changes_took()), ("look", metrics.looks_took())];
    text.histograms(
        "request_duration_seconds",
        "From a request of the binary protocol being decided to its durable answer leaving",
        took.map(|(asks, took)| ([("asks", asks)], took)),
        SECONDS,
    )?;
    let answers = metrics.http_answers();
    let answers = answers.map(|(kind, class, n)| ([("kind", kind), ("status", class)], n));
    let help = "Answers over HTTP; other than to requests of the protocol: documents, faults";
    text.counters("http_answers", help, answers)?;
    let took = metrics.http_took().map(|(kind, took)| ([("kind", kind)], took));
    let help = "From a request's head to its answer's, when what that rests on is durable";
    text.histograms("http_request_duration_seconds", help, took, SECONDS)?;
    let views = [("cache", &metrics.views_cached), ("rendered", &metrics.views_rendered)];
    let views = views.map(|(from, count)| ([("from", from)], count.value()));
    text.counters("views", "Lists, events and seat maps that were read", views)?;
    let beside = metrics.views_beside.value();
    text.counter("views_beside", "Views of large events, written beside the event loop", beside)?;
    text.gauge("watches", "Open watches", metrics.watches.value())?;
    let gaps = metrics.watch_gaps.value();
    text.counter("watch_gaps", "Times that a watcher fell behind", gaps)?;
    let refused = metrics.watches_refused.value();
    text.counter("watches_refused", "Watches that were one too many", refused)?;
    let gave_way = metrics.watches_gave_way.value();
    text.counter("watches_gave_way", "Watches that ended for another party's", gave_way)?;
    let gave_way = metrics.in_flight_gave_way.value();
    let help = "Connections that may have fewer requests in flight for another party's";
    text.counter("in_flight_gave_way", help, gave_way)?;
    text.gauge("streams", "Open streams", metrics.streams.value())?;
    let refused = metrics.streams_refused.value();
    text.counter("streams_refused", "Streams that were one too many", refused)?;
    let gave_way = metrics.streams_gave_way.value();
    text.counter("streams_gave_way", "Streams that ended for another party's", gave_way)?;
    let gaps = metrics.stream_gaps.value();
    text.counter("stream_gaps", "Times that a stream fell behind", gaps)?;
    let waited = metrics.turns_waited.value();
    text.counter("turns_waited", "Turns of connections that others were before", waited)
}

fn events(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let (catalog, limits) = (&shared.catalog, &shared.config.limits);
    let holdings = catalog.holdings();
    let reservations = [
        ("reservations_live", "Held and confirmed", holdings.live),
        ("reservations_remembered", "These and ended ones, in memory", holdings.remembered),
        ("reservations_limit", "The most that may be remembered", limits.reservations),
        ("events", "Events", shared.events() as u64),
        ("events_limit", "The most that there may be", limits.events as u64),
        ("seats", "Seats of all events", catalog.seats()),
        ("seats_limit", "The most that there may be", limits.seats),
    ];
    for (name, help, value) in reservations {
        text.gauge(name, help, value)?;
    }
    let refused = catalog.refused_reservations();
    let refused = refused.map(|(quota, count)| ([("quota", quota.name())], count));
    let help = "New reservations that had no room, by whose is used up";
    text.counters("reservations_refused", help, refused)?;
    let swept = shared.metrics.swept.value();
    text.counter("holds_swept", "Holds that expired before anybody asked", swept)
}

/// Where several servers share a store.
fn cluster(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let Some(cluster) = &shared.cluster else { return Ok(()) };
    for (name, help, value) in cluster.gauges() {
        text.gauge(name, help, value)?;
    }
    cluster
        .counters()
        .into_iter()
        .try_for_each(|(name, help, value)| text.counter(name, help, value))?;
    let Some(reports) = &shared.reports else { return Ok(()) };
    for (name, help, value) in reports.gauges() {
        text.gauge(name, help, value)?;
    }
    reports
        .counters()
        .into_iter()
        .try_for_each(|(name, help, value)| text.counter(name, help, value))
}

fn ledger(text: &mut MetricsText<'_>, shared: &ServerState) -> fmt::Result {
    let ledger = &shared.ledger;
    let recorded = ledger.recorded().as_u64();
    text.counter("changes_recorded", "Changes that were decided, ever", recorded)?;
    let durable = ledger.durable().as_u64();
    text.counter("changes_durable", "Those that are durable", durable)?;
    let Some((commits, depth)) = ledger.figures() else { return Ok(()) };
    text.counter("changes_in_rows", "Those that the state file has", depth.in_rows)?;
    text.gauge("backlog_changes", "Durable changes on their way there", depth.changes)?;
    text.gauge("backlog_bytes", "What they take in the journal", depth.bytes)?;
    text.gauge("backlog_limit_bytes", "The most that they may take", depth.most_bytes)?;
    let sizes = [(NO_LABELS, commits.sizes.counted())];
    text.histograms("commit_changes", "Changes that became durable together", sizes, 1.0)?;
    let times = [(NO_LABELS, commits.times.counted())];
    let help = "From beginning to write them to being durable";
    text.histograms("commit_duration_seconds", help, times, SECONDS)?;
    let folder = ledger.state_file().and_then(Path::parent);
    let Some(disk) = folder.and_then(|folder| statvfs(folder).ok()) else { return Ok(()) };
    text.gauge("storage_free_bytes", "Free on the data's disk", disk.f_bavail * disk.f_frsize)?;
    text.gauge("storage_bytes", "All that the data's disk has", disk.f_blocks * disk.f_frsize)
}

/// Durations are counted in nanoseconds.
const SECONDS: f64 = 1e9;

/// The labels of a metric without labels.
const NO_LABELS: [(&str, &str); 0] = [];

/// The encoder, a metric at a time. Names are without `boxoffice_` and `_total`.
struct MetricsText<'a>(DescriptorEncoder<'a>);

impl MetricsText<'_> {
    fn describe(
        &mut self,
        name: &str,
        help: &str,
        kind: MetricType,
        write: impl FnOnce(MetricEncoder<'_>) -> fmt::Result,
    ) -> fmt::Result {
        write(self.0.encode_descriptor(name, help, None, kind)?)
    }

    fn gauge(
        &mut self,
        name: &str,
        help: &str,
        value: impl EncodeGaugeValue + Copy,
    ) -> fmt::Result {
        self.describe(name, help, MetricType::Gauge, |mut metric| metric.encode_gauge(&value))
    }

    fn gauges<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        self.describe(name, help, MetricType::Gauge, |mut metric| {
            let mut values = values.into_iter();
            values
                .try_for_each(|(labels, value)| metric.encode_family(&labels)?.encode_gauge(&value))
        })
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.describe(name, help, MetricType::Counter, |mut metric| {
            metric.encode_counter(&value, NO_EXEMPLAR)
        })
    }

    fn counters<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        self.describe(name, help, MetricType::Counter, |mut metric| {
            values.into_iter().try_for_each(|(labels, value)| {
                metric.encode_family(&labels)?.encode_counter(&value, NO_EXEMPLAR)
            })
        })
    }

    /// Histograms whose bounds and sums are divided by `unit`.
    fn histograms<L: EncodeLabelSet>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (L, HistogramCounts)>,
        unit: f64,
    ) -> fmt::Result {
        self.describe(name, help, MetricType::Histogram, |mut metric| {
            values.into_iter().try_for_each(|(labels, counted)| {
                let told =
                    |most: Option<u64>| most.map_or(f64::INFINITY, |most| most as f64 / unit);
                let ranges = counted.ranges.iter().map(|(most, count)| (told(*most), *count));
                let (ranges, sum) = (ranges.collect::<Vec<_>>(), counted.sum as f64 / unit);
                let mut metric = metric.encode_family(&labels)?;
                metric.encode_histogram::<NoLabelSet>(sum, counted.count(), &ranges, None)
            })
        })
    }
}

/// Counters have no exemplars.
const NO_EXEMPLAR: Option<&Exemplar<NoLabelSet, f64>> = None;
