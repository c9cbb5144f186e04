// The visitor's bookings of all events on one page, to look at, print and cancel. The visitor is
// known by the browser's cookie.

import { ask, becomeVisitor, insist, refusesVisitors } from '../shared/api.js';
import { announce, byId, say } from '../shared/dom.js';
import { extended } from '../shared/kept-holds.js';
import { refusalText } from '../shared/refusal-text.js';
import { text, writeTexts } from '../shared/text.js';
import { BookingCard } from './card.js';

const PAGE = 1_000;
const LIVE = new Set(['held', 'confirmed']);

/** The terms of the events, by their ids. */
const events = new Map();

/** All live reservations of the visitor. */
async function load() {
  const found = [];
  for (let after; after !== null;) {
    const query = new URLSearchParams({ limit: PAGE });
    if (after !== undefined) query.set('after', after);
    const { reservations, next } = await ask('GET', `/v1/reservations?${query}`);
    found.push(...reservations.filter(({ status }) => LIVE.has(status)));
    after = next;
  }
  return found;
}

async function eventOf({ event }) {
  if (!events.has(event)) {
    events.set(event, await ask('GET', `/v1/events/${encodeURIComponent(event)}`));
  }
  return events.get(event);
}

async function show() {
  const cards = [];
  for (const reservation of await load()) {
    cards.push(new BookingCard(reservation, await eventOf(reservation), cancel));
  }
  cards.sort((one, other) => one.starts - other.starts);
  byId('bookings').replaceChildren(...cards.map(({ root }) => root));
  byId('bookings').setAttribute('aria-busy', 'false');
  byId('loading').hidden = true;
  byId('empty').hidden = cards.length > 0;
  byId('print').hidden = cards.length === 0;
  byId('known').hidden = cards.length === 0;
}

/** Gives a booking back, and shows what is left. */
async function cancel({ event, id, status }) {
  const act = status === 'held' ? 'release' : 'cancel';
  const path = `/v1/events/${encodeURIComponent(event)}/reservations/${id}/${act}`;
  await attempt(async () => {
    await insist('POST', path, {});
    announce(text('saidCancelled'));
    await show();
  });
}

async function attempt(work) {
  try {
    await work();
    byId('trouble').hidden = true;
  } catch (error) {
    byId('trouble').hidden = false;
    byId('loading').hidden = true;
    say(byId('trouble'), refusesVisitors(error) ? text('signedInOnly') : refusalText(error));
  }
}

writeTexts();
document.title = text('titled', { name: text('yourBookings') });
byId('print').onclick = () => print();
attempt(async () => {
  await Promise.all([becomeVisitor(), extended]);
  await show();
});
