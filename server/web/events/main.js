// The list of events with what is left of each; looked at again every few seconds.

import { ask, becomeVisitor, isForOthers } from '../shared/api.js';
import { byId, element, say, svg } from '../shared/dom.js';
import { count, dateTime, FOR_OTHERS, money } from '../shared/format.js';

const PAGE = 50;
const REFRESH_MS = 3_000;

/** The pages shown so far: the slug that each begins after. */
const pages = [undefined];
/** The cards by their event's id. */
const cards = new Map();
/** Whether the server knows this visitor, who may have to be somebody to look. */
let isKnown = false;
/** Whether the server shows visitors nothing. */
let isTurnedAway = false;
/** The look that is not over yet. */
let looking = null;

async function load(after) {
  const query = new URLSearchParams({ limit: PAGE });
  if (after !== undefined) query.set('after', after);
  return ask('GET', `/v1/events?${query}`);
}

async function refresh() {
  if (!isKnown) await becomeVisitor();
  isKnown = true;
  const events = [];
  let next = null;
  for (const after of pages) {
    const page = await load(after);
    events.push(...page.events);
    next = page.next;
  }
  show(events, next);
}

function show(events, next) {
  const gone = new Set(cards.keys());
  for (const [place, event] of events.entries()) {
    gone.delete(event.id);
    const card = cards.get(event.id) ?? newCard(event.id);
    update(card, event);
    const list = byId('events');
    const there = list.children[place];
    if (there !== card.root) list.insertBefore(card.root, there ?? null);
  }
  for (const id of gone) {
    cards.get(id).root.remove();
    cards.delete(id);
  }
  byId('loading').hidden = true;
  byId('empty').hidden = events.length > 0;
  byId('events').setAttribute('aria-busy', 'false');
  byId('more').hidden = next === null;
  byId('more').onclick = () => {
    if (!pages.includes(next)) pages.push(next);
    look();
  };
}

function newCard(id) {
  const part = (name) => element('span', { class: name });
  const card = {
    weekday: part('weekday'), day: part('day'), month: part('month'),
    name: element('bdi', { class: 'name' }), details: part('details'), left: part('left'),
    free: svg('rect', { height: 1 }), held: svg('rect', { height: 1, class: 'held' }),
  };
  const date = element('span', { class: 'date', 'aria-hidden': 'true' },
    card.weekday, card.day, card.month);
  const share = svg('svg', {
    class: 'share', viewBox: '0 0 1 1', preserveAspectRatio: 'none', 'aria-hidden': 'true',
  }, card.free, card.held);
  const link = element('a', { class: 'event', href: `/event/${encodeURIComponent(id)}` },
    date, card.name, card.left, card.details, share);
  card.root = element('li', {}, link);
  cards.set(id, card);
  return card;
}

function update(card, event) {
  const starts = new Date(event.starts_at);
  const part = (options) => starts.toLocaleDateString(undefined, options);
  say(card.weekday, part({ weekday: 'short' }));
  say(card.day, part({ day: 'numeric' }));
  say(card.month, part({ month: 'short' }));
  say(card.name, event.name);
  say(card.details, `${dateTime(event.starts_at)} · ${prices(event)}`);
  say(card.left, left(event));
  card.left.classList.toggle('none', event.free === 0 || event.sales === 'closed');
  const capacity = event.free + event.held + event.sold + event.blocked;
  card.free.setAttribute('width', event.free / capacity);
  card.held.setAttribute('x', event.free / capacity);
  card.held.setAttribute('width', event.held / capacity);
}

function left(event) {
  if (event.sales === 'closed') return 'Sales closed';
  if (event.free > 0) return `${count(event.free)} left`;
  return event.held > 0 ? 'All held or sold' : 'Sold out';
}

function prices(event) {
  const lowest = money(event.price_min, event.currency);
  const highest = money(event.price_max, event.currency);
  return lowest === highest ? lowest : `${lowest} – ${highest}`;
}

/** Looks at the list, once at a time: no answer takes the place of a newer one. */
function look() {
  looking ??= attempt().finally(() => {
    looking = null;
  });
  return looking;
}

async function attempt() {
  try {
    await refresh();
    byId('trouble').hidden = true;
  } catch (error) {
    isKnown = false;
    isTurnedAway = isForOthers(error);
    if (isTurnedAway) for (const id of ['loading', 'events', 'more']) byId(id).hidden = true;
    byId('trouble').hidden = false;
    say(byId('trouble'),
      isTurnedAway ? FOR_OTHERS : `Not up to date: ${error.message}. Trying again.`);
  }
}

async function keepLooking() {
  if (!document.hidden) await look();
  if (!isTurnedAway) setTimeout(keepLooking, REFRESH_MS);
}

keepLooking();
