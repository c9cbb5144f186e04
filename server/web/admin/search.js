// Finds reservations by their customer or their id.

import { askJson } from './operator-api.js';

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
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
  const isId = UUID.test(word);
  const found = [];
  let looked = 0;
  for (let after; after !== null;) {
    const query = new URLSearchParams({ limit: PAGE });
    if (!isId) query.set('customer', word);
    if (after !== undefined) query.set('after', after);
    const { reservations, next } = await askJson('GET', `/v1/reservations?${query}`);
    const id = word.toLowerCase();
    found.push(...(isId ? reservations.filter((each) => each.id === id) : reservations));
    looked += reservations.length;
    tell(looked);
    const isDone = isId ? found.length > 0 : found.length >= MOST_FOUND;
    if (isDone || looked >= MOST) {
      return { found, all: next === null || (isId && found.length > 0) };
    }
    after = next;
  }
  return { found, all: true };
}
