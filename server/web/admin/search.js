// Finds reservations by their customer, their booking code or their id.

import { askJson } from './operator-api.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** What can be read as a booking code. A customer's name may look like that, too. */
const CODE = /^([\da-tv-z][- ]?){7}[\da-tv-z]$/i;
const PAGE = 1_000;
/** Reservations that a search looks at; there is no list by id. */
const MOST = 200_000;
/** Of a customer with more reservations, the newest of an event come last. */
const MOST_FOUND = 200;

/**
 * The reservations that a word names, and whether all were looked at. `tell` is called with the
 * number of reservations that were looked at so far.
 */
export async function search(word, tell = () => {}) {
  if (UUID.test(word)) return searchFor({}, word.toLowerCase(), tell);
  const ofCustomer = await searchFor({ customer: word }, null, tell);
  if (!CODE.test(word)) return ofCustomer;
  const withCode = await searchFor({ code: word }, null, tell);
  const known = new Set(ofCustomer.found.map(({ event, id }) => `${event} ${id}`));
  const others = withCode.found.filter(({ event, id }) => !known.has(`${event} ${id}`));
  return { found: [...others, ...ofCustomer.found], all: withCode.all && ofCustomer.all };
}

/** The reservations of a filter, or the one of them with an id. */
async function searchFor(filter, id, tell) {
  const found = [];
  let looked = 0;
  for (let after; after !== null;) {
    const query = new URLSearchParams({ limit: PAGE, ...filter });
    if (after !== undefined) query.set('after', after);
    const { reservations, next } = await askJson('GET', `/v1/reservations?${query}`);
    found.push(...(id ? reservations.filter((each) => each.id === id) : reservations));
    looked += reservations.length;
    tell(looked);
    const isDone = id ? found.length > 0 : found.length >= MOST_FOUND;
    if (isDone || looked >= MOST) {
      return { found, all: next === null || (id !== null && found.length > 0) };
    }
    after = next;
  }
  return { found, all: true };
}
