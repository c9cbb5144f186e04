import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventState, FREE } from '../event/state/event-state.js';
import { nearestFree } from '../event/state/nearest.js';
import { law, randomSnapshot, seatedSection, snapshotOf, stateOf } from './support.js';

/** The labels of the seats offered for lost ones, which are taken as well. */
function nearest(state, lost, taken = []) {
  const seats = (labels) => labels.map((label) => state.find(label));
  return nearestFree(state, seats(lost), seats([...taken, ...lost]))
    .map((seat) => state.label(seat));
}

test('the seat beside is nearer than the row behind', () => {
  assert.deepEqual(nearest(stateOf('fff', 'fff'), ['A2']), ['A1']);
  assert.deepEqual(nearest(stateOf('shf', 'fff'), ['A2']), ['A3']);
});

test('a row away is as far as two seats, and the seats of the first row found go first', () => {
  assert.deepEqual(nearest(stateOf('fsssf', 'fffff'), ['A3']), ['A1']);
  assert.deepEqual(nearest(stateOf('sssssf', 'ffffff'), ['A3']), ['B3']);
});

test('rows of other lengths are centred', () => {
  assert.deepEqual(nearest(stateOf('sss', 'fffffff'), ['A2']), ['B4']);
  assert.deepEqual(nearest(stateOf('sssssss', 'fff'), ['A1']), ['B1']);
});

test('each lost seat has a seat of its own', () => {
  assert.deepEqual(nearest(stateOf('fffff'), ['A3', 'A4']), ['A2', 'A5']);
  assert.deepEqual(nearest(stateOf('ffs'), ['A1', 'A2']), []);
  assert.deepEqual(nearest(stateOf('fssf'), ['A2', 'A3'], ['A4']), ['A1']);
});

test('other sections are not offered', () => {
  const state = new EventState(snapshotOf(1,
    [seatedSection('stalls', ['ss']), seatedSection('balcony', ['ff'])]));
  assert.deepEqual(nearest(state, ['stalls:A1']), []);
});

/** How far two seats of a section are from each other, by the rule of `nearestFree`. */
function distance(state, a, b) {
  const [from, to] = [a, b].map((seat) => {
    const row = state.row(seat);
    return { row: row.number, place: seat - row.first - (row.seats - 1) / 2 };
  });
  return Math.abs(from.row - to.row) * 2 + Math.abs(from.place - to.place);
}

test('no free seat of the section is nearer than the one offered', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  const seats = [...state.seatStates.keys()];
  const lost = [...new Set(Array.from({ length: random.whole(1, 5) }, () => random.pick(seats)))];
  const used = new Set([...lost, random.pick(seats)]);
  const offered = nearestFree(state, lost, [...used]);
  let next = 0;
  for (const seat of lost) {
    const candidates = seats.filter((each) => state.seatStates[each] === FREE && !used.has(each)
      && state.row(each).section === state.row(seat).section);
    if (candidates.length === 0) continue;
    const instead = offered[next];
    next += 1;
    assert.ok(candidates.includes(instead));
    const least = Math.min(...candidates.map((each) => distance(state, seat, each)));
    assert.equal(distance(state, seat, instead), least);
    used.add(instead);
  }
  assert.equal(offered.length, next);
}));
