// What of the state is the visitor's own, laid over what the stream tells: seats chosen, of which
// nobody else knows, and seats held or booked. So a seat never looks like a stranger's between the
// server's answer and the stream's word of it.

import { FREE, HELD } from './event-state.js';

const LOOKS = ['free', 'held', 'sold', 'blocked'];

export class Overlay {
  chosen = new Set();
  /** Seats that are held or booked, and the version at which the server said so. */
  mine = new Map();
  /** What the server said of seats before the stream: `{look, version}`, until it comes there. */
  #said = new Map();
  /** Seats that were taken while a hold is asked for: they may be the visitor's. */
  #doubtful = null;
  #state;
  #changed;

  /** `changed` is told which seats look different. */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Takes everything over to another state, and what of it is booked; returns what it lacks. */
  moveTo(state, booked) {
    const missing = [];
    const move = (seat, put) => {
      const label = this.#state.label(seat);
      const there = state.find(label);
      if (there === undefined) missing.push(label);
      else put(there);
    };
    const [chosen, mine] = [[...this.chosen], [...this.mine]];
    for (const all of [this.chosen, this.mine, this.#said]) all.clear();
    this.#doubtful?.clear();
    for (const seat of chosen) move(seat, (there) => this.chosen.add(there));
    for (const [seat, version] of mine) move(seat, (there) => this.mine.set(there, version));
    this.#state = state;
    for (const { seats, version } of booked) {
      for (const seat of this.#seats(seats)) this.mine.set(seat, version);
    }
    return missing;
  }

  /** How a seat looks. */
  look(seat) {
    if (this.mine.has(seat)) return 'mine';
    if (this.chosen.has(seat)) return 'chosen';
    if (this.#doubtful?.has(seat)) return 'free';
    return this.#said.get(seat)?.look ?? LOOKS[this.#state.seatStates[seat]];
  }

  isOwn(seat) {
    return this.mine.has(seat) || this.chosen.has(seat);
  }

  choose(seats) {
    this.#move(seats, (seat) => this.chosen.add(seat));
  }

  drop(seats) {
    this.#move([...seats], (seat) => this.chosen.delete(seat));
  }

  /** A hold is asked for: the stream may tell of it before the answer comes. */
  expect() {
    this.#doubtful = new Set();
  }

  /** The stream told of these seats. */
  heard(seats) {
    for (const seat of seats) {
      if (this.#state.seatStates[seat] === HELD) this.#doubtful?.add(seat);
    }
  }

  /** The answer is here: what is not the visitor's now is somebody else's. */
  settle() {
    const seats = [...this.#doubtful];
    this.#doubtful = null;
    if (seats.length > 0) this.#changed(seats);
  }

  /** A reservation has these seats at `version`. */
  keep(labels, version) {
    this.#move(this.#seats(labels), (seat) => {
      this.chosen.delete(seat);
      this.#said.delete(seat);
      this.mine.set(seat, version);
    });
  }

  /** A reservation gave these seats back at `version`. */
  giveBack(labels, version) {
    this.#move(this.#seats(labels), (seat) => {
      this.mine.delete(seat);
      this.#say(seat, 'free', version);
    });
  }

  /** Somebody else has these seats at `version`. */
  lose(seats, version) {
    this.#move(seats, (seat) => {
      this.chosen.delete(seat);
      if (this.#state.seatStates[seat] === FREE) this.#say(seat, 'held', version);
    });
  }

  /** The stream came to `version`. Returns the seats that are not the visitor's any more. */
  reached(version) {
    const told = [...this.#said].filter(([, said]) => said.version <= version);
    this.#move(told.map(([seat]) => seat), (seat) => this.#said.delete(seat));
    const gone = [...this.mine].filter(([seat, at]) =>
      at < version && this.#state.seatStates[seat] === FREE);
    const seats = gone.map(([seat]) => seat);
    this.#move(seats, (seat) => this.mine.delete(seat));
    return seats;
  }

  /** Chosen seats that are not free any more. */
  lost() {
    return [...this.chosen].filter((seat) => !this.mine.has(seat)
      && (this.#said.get(seat)?.look ?? LOOKS[this.#state.seatStates[seat]]) !== 'free');
  }

  /** Whether the seat can be chosen. */
  isFree(seat) {
    return this.look(seat) === 'free';
  }

  labels(seats) {
    return [...seats].sort((a, b) => a - b).map((seat) => this.#state.label(seat));
  }

  #say(seat, look, version) {
    if (this.#state.version < version) this.#said.set(seat, { look, version });
  }

  #seats(labels) {
    return labels.map((label) => this.#state.find(label)).filter((seat) => seat !== undefined);
  }

  #move(seats, how) {
    for (const seat of seats) how(seat);
    if (seats.length > 0) this.#changed(seats);
  }
}
