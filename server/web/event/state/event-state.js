// The state: sections, rows and the state of every seat, as the stream tells it. Seats are numbered
// through the whole state, so that a hundred thousand of them are one array of bytes.

import { lettersOf, parseLabel } from './labels.js';

export const FREE = 0;
export const HELD = 1;
const SOLD = 2;
const BLOCKED = 3;

const BY_LETTER = { f: FREE, h: HELD, s: SOLD, b: BLOCKED };
const BY_NAME = { free: FREE, held: HELD, sold: SOLD, blocked: BLOCKED };

export class EventState {
  /** In the order of the event; a standing section has no rows. */
  sections = [];
  /** Every row of the state: `{section, letters, first, seats}`, `first` being its first seat. */
  rows = [];
  seatStates;
  version;
  #rowOfSeat;
  #byPrefix = new Map();
  #byName = new Map();

  constructor(snapshot) {
    this.version = snapshot.version;
    let seats = 0;
    for (const [index, told] of snapshot.sections.entries()) {
      const section = {
        index, name: told.section, prefix: told.prefix ?? '', price: told.price,
        capacity: told.capacity, standing: told.kind === 'standing', counts: counts(told), rows: [],
      };
      for (const [number, { seats: letters }] of (told.rows ?? []).entries()) {
        const row = { section, number, letters: lettersOf(number), first: seats,
          seats: letters.length, index: this.rows.length };
        seats += letters.length;
        section.rows.push(row);
        this.rows.push(row);
      }
      this.sections.push(section);
      this.#byName.set(section.name, section);
      if (!section.standing) this.#byPrefix.set(section.prefix, section);
    }
    this.seatStates = new Uint8Array(seats);
    this.#rowOfSeat = new Uint32Array(seats);
    for (const row of this.rows) {
      this.#rowOfSeat.fill(row.index, row.first, row.first + row.seats);
    }
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
    return this.rows[this.#rowOfSeat[seat]];
  }

  /** A seat's name: what the server calls it. */
  label(seat) {
    const row = this.row(seat);
    return `${row.section.prefix}${row.letters}${seat - row.first + 1}`;
  }

  /** The seat of this name; undefined if the state has none. */
  find(label) {
    const place = parseLabel(label);
    const row = this.#byPrefix.get(place?.prefix)?.rows[place.row];
    return row && place.number < row.seats ? row.first + place.number : undefined;
  }

  price(seat) {
    return this.row(seat).section.price;
  }

  /** Whether a snapshot shows the same sections and rows as this state has. */
  fits(snapshot) {
    return snapshot.sections.length === this.sections.length
      && snapshot.sections.every((told, index) => {
        const { name, price, rows } = this.sections[index];
        const toldRows = told.rows ?? [];
        return told.section === name && told.price === price && toldRows.length === rows.length
          && toldRows.every(({ seats }, row) => seats.length === rows[row].seats);
      });
  }

  /** Takes a snapshot that fits; returns the seats that are not what they were. */
  restore(snapshot) {
    const before = this.seatStates.slice();
    this.version = snapshot.version;
    for (const told of snapshot.sections) this.#count(told);
    this.#fill(snapshot);
    const changed = [];
    for (let seat = 0; seat < before.length; seat += 1) {
      if (before[seat] !== this.seatStates[seat]) changed.push(seat);
    }
    return changed;
  }

  /** Takes a change; returns the seats that changed, or null if it names what is not here. */
  apply(change) {
    const changed = [];
    for (const { state, seats } of change.places) {
      for (const label of seats) {
        const seat = this.find(label);
        if (seat === undefined) return null;
        this.seatStates[seat] = BY_NAME[state];
        changed.push(seat);
      }
    }
    for (const told of change.sections) {
      if (!this.#count(told)) return null;
    }
    this.version = change.version;
    return changed;
  }

  #count(told) {
    const section = this.section(told.section);
    if (section) section.counts = counts(told);
    return section !== undefined;
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

const counts = ({ free, held, sold, blocked }) => ({ free, held, sold, blocked });
