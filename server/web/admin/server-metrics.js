// Plots of the server's own metrics.

import { byId, say } from '../shared/dom.js';
import { count, duration } from '../shared/format.js';
import { text } from '../shared/text.js';
import { Exposition, quantile } from './exposition.js';
import { Plot } from './plot.js';
import { Rate, Series } from './series.js';

const SPAN_MS = 5 * 60_000;
const DURATIONS = ['boxoffice_request_duration_seconds', 'boxoffice_http_request_duration_seconds'];

const whole = (value) => (value >= 100_000
  ? text('thousands', { count: count(Math.round(value / 1_000)) })
  : count(Number(value.toFixed(value < 10 ? 1 : 0))));
const milliseconds = (seconds) =>
  text('milliseconds', { count: count(Number((seconds * 1_000).toPrecision(2))) });

export class ServerMetrics {
  #plots = [];
  #feeds = [];
  #rates = {
    requests: new Rate(), refusals: new Rate(), recorded: new Rate(), durable: new Rate(),
  };
  #buckets = [];
  #hasBegun = false;

  constructor() {
    this.#plot('plotRequests', whole, {
      lineAll: (now, time) => this.#rates.requests.next(time, now.sum('boxoffice_requests_total')),
      lineRefused: (now, time) =>
        this.#rates.refusals.next(time, now.sum('boxoffice_refusals_total')),
    });
    this.#plot('plotAnswers', milliseconds, {
      lineP99: (now) => this.#p99(now),
    });
    this.#plot('plotConnections', whole, {
      lineAll: (now) => now.sum('boxoffice_connections'),
      lineHttp: (now) => now.sum('boxoffice_connections', 'listener', 'http'),
      lineStreams: (now) => now.sum('boxoffice_streams'),
    });
    this.#plot('plotChanges', whole, {
      lineRecorded: (now, time) =>
        this.#rates.recorded.next(time, now.sum('boxoffice_changes_recorded_total')),
      lineDurable: (now, time) =>
        this.#rates.durable.next(time, now.sum('boxoffice_changes_durable_total')),
    });
    this.#plot('plotWay', whole, {
      lineToRows: (now) => now.sum('boxoffice_backlog_changes'),
      lineToDisk: (now) => behind(now),
    });
    this.#plot('plotReservations', whole, {
      lineLive: (now) => now.sum('boxoffice_reservations_live'),
    });
  }

  /** Takes in the text of `/metrics` at this time. */
  take(exposition, time) {
    const now = new Exposition(exposition);
    if (!this.#hasBegun) this.#begin(now, time);
    for (const { series, read } of this.#feeds) series.push(time, read(now, time));
    for (const plot of this.#plots) plot.draw(time);
    const version = now.of('boxoffice_build_info')[0]?.labels.version;
    const [requests, refused, recorded] = ['requests', 'refusals', 'changes_recorded'].map((of) =>
      now.sum(`boxoffice_${of}_total`));
    say(byId('since'), text('sinceStart', {
      time: duration(uptimeMs(now)), requests: count(requests ?? 0), refused: count(refused ?? 0),
      changes: count(recorded ?? 0),
    }));
    const durable = now.sum('boxoffice_changes_durable_total');
    say(byId('build'), [version && text('version', { version }), recorded !== undefined
      && text('position', { recorded: count(recorded), durable: count(durable) })]
      .filter(Boolean).join(' · '));
  }

  /** The first rates are those since the server began. */
  #begin(now, time) {
    this.#hasBegun = true;
    for (const rate of Object.values(this.#rates)) rate.next(time - uptimeMs(now), 0);
    this.#buckets = DURATIONS.map(() => []);
  }

  #plot(title, format, lines) {
    const series = Object.entries(lines).map(([name, read]) => {
      const feed = { name: text(name), read, series: new Series(SPAN_MS) };
      this.#feeds.push(feed);
      return feed;
    });
    const plot = new Plot({ title: text(title), series, format, spanMs: SPAN_MS });
    this.#plots.push(plot);
    byId('plots').append(plot.root);
  }

  #p99(now) {
    const buckets = DURATIONS.map((name) => now.buckets(name));
    const before = this.#buckets;
    this.#buckets = buckets;
    const worst = buckets.map((each, index) =>
      before[index] && quantile(before[index], each, 0.99));
    const known = worst.filter((value) => value !== undefined);
    return known.length > 0 ? Math.max(...known) : undefined;
  }
}

function behind(now) {
  const recorded = now.sum('boxoffice_changes_recorded_total');
  return recorded === undefined ? undefined
    : Math.max(0, recorded - now.sum('boxoffice_changes_durable_total'));
}

const uptimeMs = (now) => (now.sum('boxoffice_uptime_seconds') ?? 0) * 1_000;
