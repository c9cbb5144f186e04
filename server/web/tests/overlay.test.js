import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventState } from '../event/state/event-state.js';
import { Overlay } from '../event/state/overlay.js';
import { law, seatedSection, snapshotOf, stateOf } from './support.js';

/** An overlay of a state, and the seats that it reported as changed. */
function overlayOf(state, booked = []) {
  const changed = [];
  const overlay = new Overlay((seats) => changed.push([...seats]));
  overlay.moveTo(state, booked);
  return { overlay, changed };
}

const looks = (overlay, state) =>
  [...state.seatStates.keys()].map((seat) => overlay.look(seat)).join(' ');

/** Passes a change of the stream to state and overlay, as the page does. */
function report(overlay, state, version, name, labels) {
  const seats = state.apply({ version, places: [{ state: name, seats: labels }], sections: [] });
  overlay.reported(seats);
  return overlay.reached(version);
}

test('without own seats every seat looks as it is', () => {
  const state = stateOf('fhsb');
  const { overlay } = overlayOf(state);
  assert.equal(looks(overlay, state), 'free held sold blocked');
  assert.deepEqual([0, 1, 2, 3].map((seat) => overlay.isFree(seat)), [true, false, false, false]);
});

test('seats are chosen and dropped', () => {
  const state = stateOf('fff');
  const { overlay, changed } = overlayOf(state);
  overlay.choose([2, 0]);
  assert.equal(looks(overlay, state), 'chosen free chosen');
  assert.deepEqual(overlay.labels(overlay.chosen), ['A1', 'A3']);
  assert.ok(overlay.isOwn(0) && !overlay.isOwn(1));
  overlay.drop(overlay.chosen);
  assert.equal(looks(overlay, state), 'free free free');
  overlay.drop([]);
  assert.deepEqual(changed, [[2, 0], [2, 0]]);
});

test('booked seats are the visitor’s from the beginning', () => {
  const state = stateOf('fsf');
  const { overlay } = overlayOf(state, [{ seats: ['A2'], version: 1 }]);
  assert.equal(looks(overlay, state), 'free mine free');
});

test('an answer before the stream makes seats the visitor’s', () => {
  const state = stateOf('fff');
  const { overlay } = overlayOf(state);
  overlay.choose([0]);
  overlay.expectAnswer();
  overlay.keep(['A1', 'A2'], 2);
  overlay.settle();
  assert.equal(looks(overlay, state), 'mine mine free');
  assert.deepEqual(overlay.lost(), []);
  assert.deepEqual(report(overlay, state, 2, 'held', ['A1', 'A2']), []);
  assert.equal(looks(overlay, state), 'mine mine free');
});

test('a stream before the answer does not make seats another customer’s', () => {
  const state = stateOf('fff');
  const { overlay, changed } = overlayOf(state);
  overlay.choose([0]);
  overlay.expectAnswer();
  report(overlay, state, 2, 'held', ['A1', 'A2']);
  assert.equal(looks(overlay, state), 'chosen free free');
  overlay.keep(['A1'], 2);
  overlay.settle();
  assert.equal(looks(overlay, state), 'mine held free', 'A2 was another customer’s after all');
  assert.deepEqual(changed.at(-1), [0, 1]);
});

test('seats given back look free before the stream says so', () => {
  const state = stateOf('hhf');
  const { overlay } = overlayOf(state, [{ seats: ['A1'], version: 1 }]);
  overlay.giveBack(['A1'], 2);
  assert.equal(looks(overlay, state), 'free held free');
  assert.deepEqual(report(overlay, state, 2, 'free', ['A1']), []);
  assert.equal(looks(overlay, state), 'free held free');
  report(overlay, state, 3, 'sold', ['A1']);
  assert.equal(looks(overlay, state), 'sold held free');
});

test('a late answer does not override a newer message of the stream', () => {
  const state = stateOf('hff');
  const { overlay } = overlayOf(state, [{ seats: ['A1'], version: 1 }]);
  assert.deepEqual(report(overlay, state, 2, 'free', ['A1']), [0]);
  report(overlay, state, 3, 'held', ['A1']);
  overlay.giveBack(['A1'], 2);
  assert.equal(looks(overlay, state), 'held free free');
});

test('seats that the stream frees are not the visitor’s any more', () => {
  const state = stateOf('hhf');
  const { overlay } = overlayOf(state, [{ seats: ['A1', 'A2'], version: 1 }]);
  assert.deepEqual(report(overlay, state, 2, 'free', ['A2']), [1]);
  assert.equal(looks(overlay, state), 'mine free free');
});

test('seats whose answer is newer than the stream stay the visitor’s', () => {
  const state = stateOf('ff');
  const { overlay } = overlayOf(state);
  overlay.keep(['A1'], 5);
  assert.deepEqual(report(overlay, state, 4, 'sold', ['A2']), []);
  assert.equal(looks(overlay, state), 'mine sold');
});

test('chosen seats are lost to another customer', () => {
  const state = stateOf('fff');
  const { overlay } = overlayOf(state);
  overlay.choose([0, 1]);
  report(overlay, state, 2, 'held', ['A2']);
  assert.deepEqual(overlay.lost(), [1]);
  overlay.lose([1], 2);
  assert.equal(looks(overlay, state), 'chosen held free');
  assert.deepEqual(overlay.lost(), []);
});

test('a refusal before the stream makes seats look held until the stream comes there', () => {
  const state = stateOf('ff');
  const { overlay } = overlayOf(state);
  overlay.choose([0]);
  overlay.lose([0], 3);
  assert.equal(looks(overlay, state), 'held free');
  report(overlay, state, 2, 'sold', ['A2']);
  assert.equal(looks(overlay, state), 'held sold');
  report(overlay, state, 3, 'sold', ['A1']);
  assert.equal(looks(overlay, state), 'sold sold');
});

test('own seats move to another hall by their labels, and missing ones are named', () => {
  const { overlay } = overlayOf(stateOf('fffff'), [{ seats: ['A5'], version: 1 }]);
  overlay.choose([0, 3]);
  const hall = new EventState(snapshotOf(2,
    [seatedSection('stalls', ['fff', 'ff'], { prefix: '' })]));
  assert.deepEqual(overlay.moveTo(hall, [{ seats: ['B1', 'Z9'], version: 2 }]), ['A4', 'A5']);
  assert.equal(looks(overlay, hall), 'chosen free free mine free');
});

/**
 * A server with some seats, another customer, and a visitor. Answers and messages of the stream
 * arrive at random times, each in their order.
 */
class Race {
  random;
  state;
  overlay;
  owners;
  version = 1;
  #messages = [];
  #answers = [];

  constructor(random) {
    this.random = random;
    const seats = random.whole(2, 6);
    this.state = stateOf('f'.repeat(seats));
    this.owners = Array.from({ length: seats }, () => 'none');
    this.overlay = new Overlay(() => {});
    this.overlay.moveTo(this.state, []);
  }

  step() {
    const steps = [() => this.#another(), () => this.#hear(), () => this.#hear(),
      () => this.#answer(), () => this.#visitor()];
    this.random.pick(steps)();
  }

  drain() {
    while (this.#messages.length > 0 || this.#answers.length > 0) {
      if (this.random.isTrue()) this.#hear();
      else this.#answer();
    }
  }

  /** Decides a change of seats from one owner to another, if all of them have the first one. */
  #decide(seats, from, to) {
    if (!seats.every((seat) => this.owners[seat] === from)) return false;
    for (const seat of seats) this.owners[seat] = to;
    this.version += 1;
    const labels = seats.map((seat) => this.state.label(seat));
    this.#messages.push([this.version, to === 'none' ? 'free' : 'held', labels]);
    return true;
  }

  #another() {
    const seat = this.random.whole(0, this.owners.length - 1);
    const [from, to] = this.random.isTrue() ? ['none', 'another'] : ['another', 'none'];
    this.#decide([seat], from, to);
  }

  #visitor() {
    if (this.#answers.length > 0) return;
    const own = [...this.owners.keys()].filter((seat) => this.owners[seat] === 'visitor');
    if (own.length > 0) this.#release(own);
    else this.#hold();
  }

  #hold() {
    const { overlay, random } = this;
    const free = [...this.owners.keys()].filter((seat) => overlay.isFree(seat));
    const seats = free.filter(() => random.isTrue());
    if (seats.length === 0) return;
    if (random.isTrue()) overlay.choose(seats);
    overlay.expectAnswer();
    const labels = overlay.labels(seats);
    const [has, { version }] = [this.#decide(seats, 'none', 'visitor'), this];
    const taken = seats.filter((seat) => this.owners[seat] === 'another');
    this.#answers.push(() => {
      if (has) overlay.keep(labels, version);
      else overlay.lose(taken, version);
      overlay.settle();
      overlay.drop(overlay.chosen);
    });
  }

  #release(seats) {
    const labels = this.overlay.labels(seats);
    this.#decide(seats, 'visitor', 'none');
    const { version } = this;
    this.#answers.push(() => this.overlay.giveBack(labels, version));
  }

  #answer() {
    this.#answers.shift()?.();
  }

  #hear() {
    const message = this.#messages.shift();
    if (message) report(this.overlay, this.state, ...message);
  }
}

test('in whatever order answers and stream arrive, own seats never look like another’s', () =>
  law((random) => {
    const race = new Race(random);
    for (let step = 0; step < 60; step += 1) {
      race.step();
      for (const [seat, owner] of race.owners.entries()) {
        const look = race.overlay.look(seat);
        if (owner === 'visitor') assert.notEqual(look, 'held', `seat ${seat} at step ${step}`);
      }
    }
    race.drain();
    const expected = { none: 'free', another: 'held', visitor: 'mine' };
    assert.deepEqual(race.owners.map((_, seat) => race.overlay.look(seat)),
      race.owners.map((owner) => expected[owner]));
  }));
