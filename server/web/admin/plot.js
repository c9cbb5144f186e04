// A plot of series over the same span of time: lines, a few ticks, and the newest value.

import { element, say, svg } from '../shared/dom.js';
import { text } from '../shared/text.js';
import { ago, niceAbove, pathOf } from './plot-scale.js';

const WIDTH = 400;
const HEIGHT = 140;
const LEFT = 44;
const BOTTOM = 18;
const TOP = 8;
/** The ticks of the time axis, as shares of its span before now. */
const SHARES = [1, 0.5, 0];
const SHORT_MS = 60_000;

export class Plot {
  root;
  #series;
  #format;
  #longest;
  #lines;
  #ticks;
  #times = SHARES.map(timeTick);
  #now = element('p', { class: 'now' });
  #title = element('h2');
  #graph;

  /** `series` has `{name, series}` a line; `format` turns a value into text. */
  constructor({ title, series, format, spanMs }) {
    this.#series = series;
    this.#format = format;
    this.#longest = spanMs;
    this.#lines = series.map((_, index) => svg('path', { class: `line line-${index}` }));
    this.#ticks = [0, 0.5, 1].map(() => ({ line: svg('path', { class: 'grid' }),
      label: svg('text', { x: LEFT - 6, 'text-anchor': 'end', 'dominant-baseline': 'middle' }) }));
    const ticks = this.#ticks.flatMap(({ line, label }) => [line, label]);
    this.#graph = svg('svg', {
      class: 'graph', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img',
    }, ...ticks, ...this.#times, ...this.#lines);
    this.root = element('section', { class: 'plot' },
      this.#title, this.#now, keys(series), this.#graph);
    this.name(title);
  }

  /** Sets the title. */
  name(title) {
    say(this.#title, title);
    this.root.setAttribute('aria-label', title);
  }

  /** Draws the series, with this time at the right edge. */
  draw(time) {
    const values = this.#series.flatMap(({ series }) => series.points.map(([, value]) => value));
    const top = niceAbove(Math.max(0, ...values.filter((value) => value !== undefined)));
    const span = this.#span(time);
    const x = (at) => LEFT + (1 - (time - at) / span) * (WIDTH - LEFT);
    const y = (value) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
    for (const [index, { series }] of this.#series.entries()) {
      this.#lines[index].setAttribute('d', pathOf(series.points, x, y));
    }
    for (const [index, { line, label }] of this.#ticks.entries()) {
      const value = (top * index) / 2;
      line.setAttribute('d', `M${LEFT} ${y(value)}H${WIDTH}`);
      label.setAttribute('y', y(value));
      say(label, this.#format(value));
    }
    for (const [index, share] of SHARES.entries()) say(this.#times[index], ago(share * span));
    const now = this.#series.map(({ name, series }) =>
      text('lineValue',
        { name, value: series.last === undefined ? text('none') : this.#format(series.last) }));
    this.#graph.setAttribute('aria-label', now.join(', '));
    const { last } = this.#series[0].series;
    say(this.#now, last === undefined ? text('nothing') : this.#format(last));
  }

  /** One minute at first, so that the first points are more than a dot at the edge. */
  #span(time) {
    const [first] = this.#series[0].series.points[0] ?? [time];
    return time - first <= SHORT_MS ? SHORT_MS : this.#longest;
  }
}

function keys(series) {
  const key = ({ name }, index) => element('span', {},
    svg('svg', { viewBox: '0 0 22 8', 'aria-hidden': 'true' },
      svg('path', { class: `line line-${index}`, d: 'M0 4H22' })), name);
  return element('p', { class: 'keys quiet' }, ...(series.length > 1 ? series.map(key) : []));
}

function timeTick(share) {
  const anchor = share === 1 ? 'start' : share === 0 ? 'end' : 'middle';
  return svg('text', { x: LEFT + (1 - share) * (WIDTH - LEFT), y: HEIGHT - 3,
    'text-anchor': anchor });
}
