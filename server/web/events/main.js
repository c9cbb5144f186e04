// The list of events with the places left of each. It is loaded again every few seconds.

import { ask, becomeVisitor, refusesVisitors } from '../shared/api.js';
import { byId, element, say, svg } from '../shared/dom.js';
import { timeAndPlace } from '../shared/format.js';
import { locale, text, writeTexts } from '../shared/text.js';
import { availability, priceRange, shares } from './card-text.js';

const PAGE = 50;
const REFRESH_MS = 3_000;

/** The pages shown so far, by the id of the event that each begins after. */
const pages = [undefined];
/** The cards, by the ids of their events. */
const cards = new Map();
/** Whether this browser has a visitor's cookie: some servers show nothing without one. */
let isVisitor = false;
/** Whether the server admits no visitors. */
let isTurnedAway = false;
/** The load that is under way. */
let loading = null;

/** The first page behind an event that has rows: pages of events that no list shows have none. */
async function load(after) {
  const query = new URLSearchParams({ limit: PAGE });
  let page = { events: [], next: after };
  do {
    if (page.next !== undefined) query.set('after', page.next);
    page = await ask('GET', `/v1/events?${query}`);
  } while (page.events.length === 0 && page.next !== null);
  return page;
}

async function refresh() {
  if (!isVisitor) await becomeVisitor();
  isVisitor = true;
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
    reload();
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
  const starts = new Date(`${event.starts_local}Z`);
  const part = (options) => starts.toLocaleDateString(locale, { timeZone: 'UTC', ...options });
  say(card.weekday, part({ weekday: 'short' }));
  say(card.day, part({ day: 'numeric' }));
  say(card.month, part({ month: 'short' }));
  say(card.name, event.name);
  say(card.details, `${timeAndPlace(event)} · ${priceRange(event)}`);
  say(card.left, availability(event));
  card.left.classList.toggle('none', event.free === 0 || event.sales !== 'open');
  const { free, held } = shares(event);
  card.free.setAttribute('width', free);
  card.held.setAttribute('x', free);
  card.held.setAttribute('width', held);
}

/** Loads the list. One load runs at a time, so no answer replaces a newer one. */
function reload() {
  loading ??= attempt().finally(() => {
    loading = null;
  });
  return loading;
}

async function attempt() {
  try {
    await refresh();
    byId('trouble').hidden = true;
  } catch (error) {
    isVisitor = false;
    isTurnedAway = refusesVisitors(error);
    if (isTurnedAway) for (const id of ['loading', 'events', 'more']) byId(id).hidden = true;
    byId('trouble').hidden = false;
    say(byId('trouble'),
      isTurnedAway ? text('signedInOnly') : text('notUpToDate', { why: error.message }));
  }
}

async function keepLoading() {
  if (!document.hidden) await reload();
  if (!isTurnedAway) setTimeout(keepLoading, REFRESH_MS);
}

writeTexts();
keepLoading();
