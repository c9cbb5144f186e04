import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstFree, seatAfter } from '../event/map/seat-moves.js';
import { EventState } from '../event/state/event-state.js';
import { law, randomSnapshot, seatedSection, snapshotOf, stateOf } from './support.js';

const KEYS = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home',
  'End'];

/** Labels reached from a label by keys. */
function walk(state, label, keys) {
  let seat = state.find(label);
  for (const key of keys) seat = seatAfter(key, seat, state);
  return state.label(seat);
}

test('arrows move to the seat beside, before and behind', () => {
  const state = stateOf('fff', 'fff', 'fff');
  for (const [key, label] of [
    ['ArrowLeft', 'B1'], ['ArrowRight', 'B3'], ['ArrowUp', 'A2'], ['ArrowDown', 'C2'],
    ['Home', 'B1'], ['End', 'B3'],
  ]) assert.equal(walk(state, 'B2', [key]), label, key);
});

test('they stop at the ends', () => {
  const state = stateOf('fff', 'fff');
  assert.equal(walk(state, 'A1', ['ArrowLeft']), 'A1');
  assert.equal(walk(state, 'A3', ['ArrowRight']), 'A3');
  assert.equal(walk(state, 'A2', ['ArrowUp']), 'A2');
  assert.equal(walk(state, 'B2', ['ArrowDown']), 'B2');
});

test('a page is five rows', () => {
  const state = stateOf(...Array.from({ length: 12 }, () => 'ff'));
  assert.equal(walk(state, 'C2', ['PageDown']), 'H2');
  assert.equal(walk(state, 'C2', ['PageDown', 'PageDown']), 'L2');
  assert.equal(walk(state, 'C2', ['PageUp']), 'A2');
});

test('the seat in another row is the one straight behind, or the last of a shorter row', () => {
  const state = stateOf('fffffff', 'fff');
  assert.equal(walk(state, 'A4', ['ArrowDown']), 'B2');
  assert.equal(walk(state, 'A1', ['ArrowDown']), 'B1');
  assert.equal(walk(state, 'A7', ['ArrowDown']), 'B3');
});

test('behind the last row is the next seated section', () => {
  const state = new EventState(snapshotOf(1,
    [seatedSection('stalls', ['fff']), seatedSection('balcony', ['fff'])]));
  assert.equal(walk(state, 'stalls:A2', ['ArrowDown']), 'balcony:A2');
  assert.equal(walk(state, 'balcony:A2', ['ArrowUp']), 'stalls:A2');
});

test('other keys do not move', () => {
  const state = stateOf('fff');
  for (const key of ['Enter', ' ', 'Escape', 'a', 'Tab']) {
    assert.equal(seatAfter(key, 0, state), undefined);
  }
});

test('the first free seat is found, or else the first one', () => {
  const free = (...rows) => {
    const state = stateOf(...rows);
    return firstFree(state.rows, state);
  };
  assert.deepEqual([free('fff'), free('sss', 'sfs'), free('ss', 'hb')], [0, 4, 0]);
  assert.equal(firstFree([], stateOf('f')), undefined);
});

test('every key leads to a seat, and right after left leads back', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  const seat = random.whole(0, state.seatStates.length - 1);
  for (const key of KEYS) {
    const next = seatAfter(key, seat, state);
    assert.ok(Number.isInteger(next) && next >= 0 && next < state.seatStates.length, key);
  }
  const left = seatAfter('ArrowLeft', seat, state);
  if (left !== seat) assert.equal(seatAfter('ArrowRight', left, state), seat);
  const down = state.row(seatAfter('ArrowDown', seat, state)).index;
  assert.equal(down, Math.min(state.row(seat).index + 1, state.rows.length - 1));
}));
