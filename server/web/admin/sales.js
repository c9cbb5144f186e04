// The sales of each event: a table, and plots of the events that sell best.

import { byId, element, say } from '../shared/dom.js';
import { count } from '../shared/format.js';
import { text } from '../shared/text.js';
import { Plot } from './plot.js';
import { Series } from './series.js';

const SPAN_MS = 10 * 60_000;
const RATE_MS = 60_000;
/** Of more events, those that sell best are shown. */
const MOST_ROWS = 50;
const MOST_PLOTS = 6;

const STATES = {
  open: 'stateOpen', closed: 'stateClosed', cancelled: 'stateCancelled',
  scheduled: 'stateScheduled', ended: 'stateEnded', draft: 'stateDraft',
};

export class Sales {
  #events = new Map();

  /** Takes in the list of events as it is at this time. */
  take(list, time) {
    const ids = new Set(list.map(({ id }) => id));
    for (const id of this.#events.keys()) if (!ids.has(id)) this.#events.delete(id);
    for (const event of list) {
      if (!this.#events.has(event.id)) this.#events.set(event.id, new EventSales(event.id));
      this.#events.get(event.id).take(event, time);
    }
    const best = [...this.#events.values()].sort((a, b) => b.rate - a.rate || b.total - a.total);
    const plotted = best.slice(0, MOST_PLOTS);
    for (const sale of plotted) sale.plot.draw(time);
    arrange(byId('sales-plots'), plotted.map(({ plot }) => plot.root));
    arrange(byId('sales'), best.slice(0, MOST_ROWS).map(({ row }) => row));
    byId('empty').hidden = list.length > 0;
    byId('sales').parentElement.hidden = list.length === 0;
    byId('more').hidden = list.length <= MOST_ROWS;
    say(byId('more'), text('bestSelling', { shown: MOST_ROWS, all: count(list.length) }));
  }
}

class EventSales {
  /** Places sold, in all and a minute. */
  total = 0;
  rate = 0;
  row;
  plot;
  #sold = new Series(SPAN_MS);
  #held = new Series(SPAN_MS);
  #cells = Object.fromEntries(
    ['sold', 'held', 'free', 'rate', 'state'].map((of) => [of, element('td')]));
  #name;

  constructor(id) {
    this.#name = element('a', { href: `/event/${encodeURIComponent(id)}` });
    const { sold, held, free, rate, state } = this.#cells;
    this.row = element('tr', {},
      element('td', {}, element('bdi', {}, this.#name)), sold, held, free, rate,
      state);
    const series = [{ name: text('lineSold'), series: this.#sold },
      { name: text('lineHeld'), series: this.#held }];
    this.plot = new Plot({ title: '', series, format: places, spanMs: SPAN_MS });
  }

  take({ name, sales, free, held, sold, blocked }, time) {
    this.#sold.push(time, sold);
    this.#held.push(time, held);
    this.total = sold;
    this.rate = this.#sold.perMinute(RATE_MS);
    this.plot.name(name);
    say(this.#name, name);
    say(this.#cells.state, text(STATES[sales]));
    const share = Math.round((sold / (free + held + sold + blocked)) * 100);
    say(this.#cells.sold, text('soldShare', { sold: count(sold), share }));
    say(this.#cells.held, count(held));
    say(this.#cells.free, count(free));
    say(this.#cells.rate, count(Math.round(this.rate)));
  }
}

const places = (value) => count(Number(value.toFixed(1)));

/** Arranges elements in this order, unless one of them has the focus: it must not move away. */
function arrange(parent, wanted) {
  const isSame = wanted.length === parent.children.length
    && wanted.every((each, place) => parent.children[place] === each);
  if (!isSame && !parent.contains(document.activeElement)) parent.replaceChildren(...wanted);
}
