// What the unit tests share: seeded randomness for laws, snapshots to build states from, and a
// server made of a function.

import { webcrypto } from 'node:crypto';
import { EventState } from '../event/state/event-state.js';

// Node.js 18 has it under this name only.
globalThis.crypto ??= webcrypto;

/** So many random cases of each law are tried. */
const CASES = 200;

/** A small seeded generator of random numbers (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to 1, 1 excluded. */
  share() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least, most) {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  between(least, most) {
    return least + this.share() * (most - least);
  }

  isTrue() {
    return this.share() < 0.5;
  }

  pick(list) {
    return list[this.whole(0, list.length - 1)];
  }
}

/**
 * Tries a law on random cases. A failure names its seed; with `SEED` in the environment only that
 * case is tried.
 */
export async function law(check) {
  const given = process.env.SEED;
  const first = given === undefined ? Date.now() % 1_000_000_000 : Number(given);
  for (let seed = first; seed < first + (given === undefined ? CASES : 1); seed += 1) {
    try {
      await check(new Random(seed));
    } catch (error) {
      error.message = `SEED=${seed} fails: ${error.message}`;
      throw error;
    }
  }
}

const LETTERS = ['f', 'h', 's', 'b'];
const NAMES = { f: 'free', h: 'held', s: 'sold', b: 'blocked' };

/** A seated section of a snapshot; `rows` are texts with a letter a seat, like `ffhs`. */
export function seatedSection(name, rows, { prefix = `${name}:`, price = 4_500 } = {}) {
  const letters = rows.join('');
  return { section: name, kind: 'seated', prefix, price, capacity: letters.length,
    rows: rows.map((seats) => ({ seats })), ...countsIn(letters) };
}

/** A standing section of a snapshot. */
export function standingSection(name, { free = 10, held = 0, sold = 0, price = 3_000 } = {}) {
  return { section: name, kind: 'standing', price, capacity: free + held + sold, free, held, sold,
    blocked: 0 };
}

export function snapshotOf(version, sections) {
  return { version, sections };
}

/** A state with one section, without a prefix. */
export const stateOf = (...rows) =>
  new EventState(snapshotOf(1, [seatedSection('stalls', rows, { prefix: '' })]));

/** A random snapshot of some sections, at least one of them seated. */
export function randomSnapshot(random, version = 1) {
  const sections = Array.from({ length: random.whole(1, 7) }, (_, index) =>
    (index > 0 && random.share() < 0.3 ? standingSection(`floor-${index}`)
      : seatedSection(`block-${index}`, randomRows(random))));
  return snapshotOf(version, sections);
}

function randomRows(random) {
  return Array.from({ length: random.whole(1, 9) }, () =>
    Array.from({ length: random.whole(1, 30) }, () => random.pick(LETTERS)).join(''));
}

function countsIn(letters) {
  const counts = { free: 0, held: 0, sold: 0, blocked: 0 };
  for (const letter of letters) counts[NAMES[letter]] += 1;
  return counts;
}

/**
 * Replaces `fetch` by a function from `{method, path, body, headers}` to
 * `{status, fields}`, or to an error that is thrown. Returns the requests that were made.
 */
export function serve(answer) {
  const requests = [];
  globalThis.fetch = async (path, { method, body, headers }) => {
    const request = { method, path, headers, body: body === undefined ? undefined
      : JSON.parse(body) };
    requests.push(request);
    const { status = 200, fields = {} } = await answer(request);
    return new Response(JSON.stringify(fields),
      { status, headers: { 'content-type': 'application/json' } });
  };
  return requests;
}

/** A refusal as the server answers it. */
export const refusal = (status, name, fields = {}) =>
  ({ status, fields: { refused: name, detail: name, ...fields } });
