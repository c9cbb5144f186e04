// Plots of the server's own metrics.

import { byId, say } from '../shared/dom.js';
import { count } from '../shared/format.js';
import { Exposition, quantile } from './exposition.js';
import { Plot } from './plot.js';
import { Rate, Series } from './series.js';

const SPAN_MS = 5 * 60_000;
const DURATIONS = ['boxoffice_request_duration_seconds', 'boxoffice_http_request_duration_seconds'];

const whole = (value) => (value >= 100_000 ? `${count(Math.round(value / 1_000))} k`
  : count(Number(value.toFixed(value < 10 ? 1 : 0))));
const milliseconds = (seconds) => `${count(Number((seconds * 1_000).toPrecision(2)))} ms`;

export class ServerMetrics {
  #plots = [];
  #feeds = [];
  #rates = {
    requests: new Rate(), refusals: new Rate(), recorded: new Rate(), durable: new Rate(),
  };
  #buckets = [];

  constructor() {
    this.#plot('Requests a second', whole, {
      all: (now, time) => this.#rates.requests.next(time, now.sum('boxoffice_requests_total')),
      refused: (now, time) => this.#rates.refusals.next(time, now.sum('boxoffice_refusals_total')),
    });
    this.#plot('99 of 100 answers took at most', milliseconds, {
      p99: (now) => this.#p99(now),
    });
    this.#plot('Connections', whole, {
      all: (now) => now.sum('boxoffice_connections'),
      HTTP: (now) => now.sum('boxoffice_connections', 'listener', 'http'),
      streams: (now) => now.sum('boxoffice_streams'),
    });
    this.#plot('Changes a second', whole, {
      recorded: (now, time) =>
        this.#rates.recorded.next(time, now.sum('boxoffice_changes_recorded_total')),
      durable: (now, time) =>
        this.#rates.durable.next(time, now.sum('boxoffice_changes_durable_total')),
    });
    this.#plot('Changes on their way', whole, {
      'to the state file': (now) => now.sum('boxoffice_backlog_changes'),
      'to the disk': (now) => behind(now),
    });
    this.#plot('Live reservations', whole, {
      live: (now) => now.sum('boxoffice_reservations_live'),
    });
  }

  /** Takes in the text of `/metrics` at this time. */
  take(text, time) {
    const now = new Exposition(text);
    for (const { series, read } of this.#feeds) series.push(time, read(now, time));
    for (const plot of this.#plots) plot.draw(time);
    const version = now.of('boxoffice_build_info')[0]?.labels.version;
    const recorded = now.sum('boxoffice_changes_recorded_total');
    const durable = now.sum('boxoffice_changes_durable_total');
    say(byId('build'), [version && `Version ${version}`, recorded !== undefined
      && `position ${count(recorded)}, durable to ${count(durable)}`].filter(Boolean).join(' · '));
  }

  #plot(title, format, lines) {
    const series = Object.entries(lines).map(([name, read]) => {
      const feed = { name, read, series: new Series(SPAN_MS) };
      this.#feeds.push(feed);
      return feed;
    });
    const plot = new Plot({ title, series, format, spanMs: SPAN_MS });
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
