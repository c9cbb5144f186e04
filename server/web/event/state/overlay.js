// The visitor's own seats, laid over the public state: seats chosen, which only this page knows,
// and seats held or booked. The server's answer and the stream's message about the same change
// arrive in either order; in between, no own seat looks like another customer's.

import { FREE, HELD } from './event-state.js';

/** The look of each public seat state. */
const LOOKS = ['free', 'held', 'sold', 'blocked'];

export class Overlay {
  chosen = new Set();
  /** Seats held or booked by the visitor, with the version of the answer that said so. */
  mine = new Map();
  /** Looks `{look, version}` known from answers, valid until the stream reaches their version. */
  #answered = new Map();
  /** Seats that the stream reports as held while a hold is under way: perhaps the visitor's. */
  #doubtful = null;
  #state;
  #changed;

  /** `changed` receives the seats that look different. */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Moves to a state with other sections or rows, in which the seats of `booked` reservations are
   * the visitor's. Returns the labels of own seats that no longer exist.
   */
  moveTo(state, booked) {
    const missing = [];
    const move = (seat, put) => {
      const label = this.#state.label(seat);
      const there = state.find(label);
      if (there === undefined) missing.push(label);
      else put(there);
    };
    const [chosen, mine] = [[...this.chosen], [...this.mine]];
    for (const all of [this.chosen, this.mine, this.#answered]) all.clear();
    this.#doubtful?.clear();
    for (const seat of chosen) move(seat, (there) => this.chosen.add(there));
    for (const [seat, version] of mine) move(seat, (there) => this.mine.set(there, version));
    this.#state = state;
    for (const { seats, version } of booked) {
      for (const seat of this.#find(seats)) this.mine.set(seat, version);
    }
    return missing;
  }

  /** The look of a seat: `free`, `held`, `sold`, `blocked`, `chosen` or `mine`. */
  look(seat) {
    if (this.mine.has(seat)) return 'mine';
    if (this.chosen.has(seat)) return 'chosen';
    if (this.#doubtful?.has(seat)) return 'free';
    return this.#publicLook(seat);
  }

  /** Whether the seat is chosen, held or booked by the visitor. */
  isOwn(seat) {
    return this.mine.has(seat) || this.chosen.has(seat);
  }

  /** Whether the seat can be chosen. */
  isFree(seat) {
    return this.look(seat) === 'free';
  }

  choose(seats) {
    this.#update(seats, (seat) => this.chosen.add(seat));
  }

  drop(seats) {
    this.#update([...seats], (seat) => this.chosen.delete(seat));
  }

  /** A hold is under way: the stream may report it before the answer arrives. */
  expectAnswer() {
    this.#doubtful = new Set();
  }

  /** The stream reported these seats. */
  reported(seats) {
    for (const seat of seats) {
      if (this.#state.seatStates[seat] === HELD) this.#doubtful?.add(seat);
    }
  }

  /** The answer was taken in: doubtful seats that are not the visitor's are another customer's. */
  settle() {
    const seats = [...this.#doubtful];
    this.#doubtful = null;
    if (seats.length > 0) this.#changed(seats);
  }

  /** A reservation of the visitor's has these seats at `version`. */
  keep(labels, version) {
    this.#update(this.#find(labels), (seat) => {
      this.chosen.delete(seat);
      this.#answered.delete(seat);
      this.mine.set(seat, version);
    });
  }

  /** A reservation of the visitor's gave these seats back at `version`. */
  giveBack(labels, version) {
    this.#update(this.#find(labels), (seat) => {
      this.mine.delete(seat);
      this.#answer(seat, 'free', version);
    });
  }

  /** These seats are another customer's at `version`. */
  lose(seats, version) {
    this.#update(seats, (seat) => {
      this.chosen.delete(seat);
      if (this.#state.seatStates[seat] === FREE) this.#answer(seat, 'held', version);
    });
  }

  /** The stream has reached `version`. Returns the seats that are not the visitor's any more. */
  reached(version) {
    const reported = [...this.#answered].filter(([, answer]) => answer.version <= version);
    this.#update(reported.map(([seat]) => seat), (seat) => this.#answered.delete(seat));
    const gone = [...this.mine].filter(([seat, at]) =>
      at < version && this.#state.seatStates[seat] === FREE);
    const seats = gone.map(([seat]) => seat);
    this.#update(seats, (seat) => this.mine.delete(seat));
    return seats;
  }

  /** Chosen seats that are not free any more. */
  lost() {
    return [...this.chosen].filter((seat) =>
      !this.mine.has(seat) && this.#publicLook(seat) !== 'free');
  }

  /** The labels of these seats, in the order of the seats. */
  labels(seats) {
    return [...seats].sort((a, b) => a - b).map((seat) => this.#state.label(seat));
  }

  #publicLook(seat) {
    return this.#answered.get(seat)?.look ?? LOOKS[this.#state.seatStates[seat]];
  }

  #answer(seat, look, version) {
    if (this.#state.version < version) this.#answered.set(seat, { look, version });
  }

  #find(labels) {
    return labels.map((label) => this.#state.find(label)).filter((seat) => seat !== undefined);
  }

  #update(seats, how) {
    for (const seat of seats) how(seat);
    if (seats.length > 0) this.#changed(seats);
  }
}
