// The public state of one event: its sections and rows, and the state of every seat. The stream is
// its only source. Seats are numbered through all sections, so that a hundred thousand of them are
// one array of bytes.

import { plainHall } from './plain-hall.js';

export const FREE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;

const BY_LETTER = { f: FREE, h: HELD, s: SOLD, b: BLOCKED };
const BY_NAME = { free: FREE, held: HELD, sold: SOLD, blocked: BLOCKED };

export class EventState {
  /** In the event's order. A standing section has no rows. */
  sections = [];
  /** The rows of all sections: `{section, number, label, first, seats, index}`. */
  rows = [];
  /** Where sections, rows and seats are, in the same order. */
  hall;
  /** The state of each seat, by its number. */
  seatStates;
  version;
  #byName = new Map();
  #plan;
  /** Seats by their labels. */
  #byLabel = new Map();

  /** `hall` is that of the snapshot's plan, if it names one. */
  constructor(snapshot, hall = plainHall(snapshot)) {
    this.version = snapshot.version;
    this.hall = hall;
    this.#plan = snapshot.plan;
    for (const data of snapshot.sections) this.#add(data);
    this.seatStates = new Uint8Array(hall.seats);
    for (let seat = 0; seat < hall.seats; seat += 1) this.#byLabel.set(this.label(seat), seat);
    this.#fill(snapshot);
  }

  get seated() {
    return this.sections.filter((section) => !section.standing);
  }

  get standing() {
    return this.sections.filter((section) => section.standing);
  }

  /** The section of this name. */
  section(name) {
    return this.#byName.get(name);
  }

  /** The row of a seat. */
  row(seat) {
    return this.rows[this.hall.rowOf[seat]];
  }

  /** The label of a seat, as the API writes it. */
  label(seat) {
    return `${this.row(seat).section.prefix}${this.hall.label(seat)}`;
  }

  /** The seat with this label; undefined if there is none. */
  find(label) {
    return this.#byLabel.get(label);
  }

  /** The price of these seats together, in minor units. */
  total(seats) {
    let total = 0;
    for (const seat of seats) total += this.row(seat).section.price;
    return total;
  }

  /** The price of a seat of this section, or the highest of any. */
  dearest(name) {
    return name ? this.section(name).price : Math.max(...this.seated.map(({ price }) => price));
  }

  /** Whether a snapshot has the sections, prices and rows of this state. */
  fits(snapshot) {
    return snapshot.plan === this.#plan && snapshot.sections.length === this.sections.length
      && snapshot.sections.every((data, index) => {
        const { name, price, rows } = this.sections[index];
        const rowsNow = data.rows ?? [];
        return data.section === name && data.price === price && rowsNow.length === rows.length
          && rowsNow.every(({ seats }, row) => seats.length === rows[row].seats);
      });
  }

  /** Takes over a snapshot that fits. Returns the seats whose state is another one now. */
  restore(snapshot) {
    const before = this.seatStates.slice();
    this.version = snapshot.version;
    for (const data of snapshot.sections) this.section(data.section).counts = countsOf(data);
    this.#fill(snapshot);
    const changed = [];
    for (let seat = 0; seat < before.length; seat += 1) {
      if (before[seat] !== this.seatStates[seat]) changed.push(seat);
    }
    return changed;
  }

  /**
   * Applies a change. Returns the seats that it names, or null if it names a seat or section that
   * is not here; then nothing is applied.
   */
  apply(change) {
    const places = change.places.map(({ state, seats }) =>
      ({ state: BY_NAME[state], seats: seats.map((label) => this.find(label)) }));
    const changed = places.flatMap(({ seats }) => seats);
    const isKnown = !changed.includes(undefined)
      && change.sections.every(({ section }) => this.#byName.has(section));
    if (!isKnown) return null;
    for (const { state, seats } of places) for (const seat of seats) this.seatStates[seat] = state;
    for (const data of change.sections) this.section(data.section).counts = countsOf(data);
    this.version = change.version;
    return changed;
  }

  #add(data) {
    const section = {
      index: this.sections.length, name: data.section, prefix: data.prefix ?? '',
      price: data.price, capacity: data.capacity, standing: data.kind === 'standing',
      counts: countsOf(data), rows: [],
    };
    const { rows } = this.hall.sections[section.index];
    section.rows = rows.map(({ label, first, seats, index }, number) =>
      ({ section, number, label, first, seats, index }));
    for (const row of section.rows) this.rows.push(row);
    this.sections.push(section);
    this.#byName.set(section.name, section);
  }

  #fill(snapshot) {
    let seat = 0;
    for (const { rows } of snapshot.sections) {
      for (const { seats } of rows ?? []) {
        for (const letter of seats) {
          this.seatStates[seat] = BY_LETTER[letter];
          seat += 1;
        }
      }
    }
  }
}

const countsOf = ({ free, held, sold, blocked }) => ({ free, held, sold, blocked });
