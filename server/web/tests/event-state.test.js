import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BLOCKED, EventState, FREE, HELD, SOLD } from '../event/state/event-state.js';
import { Hall } from '../hall/hall.js';
import { law, randomSnapshot, seatedSection, snapshotOf, standingSection } from './support.js';

const STATES = ['free', 'held', 'sold', 'blocked'];
const SNAPSHOT = snapshotOf(3, [
  seatedSection('stalls', ['ffs', 'fffff']),
  standingSection('floor', { free: 9, held: 1 }),
  seatedSection('balcony', ['fhb'], { price: 2_000 }),
]);

const seatsOf = (state) => [...state.seatStates.keys()];

/** A snapshot of the same sections with other seat states. */
function reseated(random, snapshot, version) {
  const sections = snapshot.sections.map((section) => ({ ...section,
    rows: section.rows?.map(({ seats }) => ({
      seats: [...seats].map((letter) => (random.isTrue() ? letter : random.pick([...'fhsb'])))
        .join(''),
    })) }));
  return snapshotOf(version, sections);
}

test('a snapshot is taken in', () => {
  const state = new EventState(SNAPSHOT);
  assert.equal(state.version, 3);
  assert.deepEqual(seatsOf(state).map((seat) => state.label(seat)), [
    'stalls:A1', 'stalls:A2', 'stalls:A3', 'stalls:B1', 'stalls:B2', 'stalls:B3', 'stalls:B4',
    'stalls:B5', 'balcony:A1', 'balcony:A2', 'balcony:A3',
  ]);
  assert.deepEqual([...state.seatStates],
    [FREE, FREE, SOLD, FREE, FREE, FREE, FREE, FREE, FREE, HELD, BLOCKED]);
  assert.deepEqual(state.seated.map(({ name }) => name), ['stalls', 'balcony']);
  assert.deepEqual(state.standing.map(({ name }) => name), ['floor']);
  assert.deepEqual(state.section('floor').counts, { free: 9, held: 1, sold: 0, blocked: 0 });
  assert.equal(state.section('floor').capacity, 10);
  assert.equal(state.section('none'), undefined);
});

test('seats that are not there are not found', () => {
  const state = new EventState(SNAPSHOT);
  for (const label of ['A1', 'stalls:A4', 'stalls:C1', 'floor:A1', 'circle:A1', 'stalls:', '']) {
    assert.equal(state.find(label), undefined, label);
  }
});

test('a plan says what rows and seats are called', () => {
  const snapshot = { ...snapshotOf(1, [
    seatedSection('stalls', ['ffs', 'ff'], { prefix: '' }), standingSection('floor', { free: 9 }),
  ]), plan: 'ab' };
  const hall = new Hall({ name: 'Hall', categories: [{ name: 'All', color: '#123456' }],
    shapes: [], labels: [['3', '1', '2a'], ['7', '8']], sections: [
      { name: 'stalls', category: 0, rows: [
        { label: 'H', labels: 0, points: [0, 0, 200, 0, 200, 0], category: 0 },
        { label: '12', labels: 1, points: [0, 200, 200, 0], category: 0 },
      ] },
      { name: 'floor', category: 0, capacity: 9 },
    ] });
  const state = new EventState(snapshot, hall);
  assert.deepEqual(seatsOf(state).map((seat) => state.label(seat)),
    ['H3', 'H1', 'H-2a', '12-7', '12-8']);
  assert.deepEqual(['H1', '12-8', 'A1', 'H2'].map((label) => state.find(label)),
    [1, 4, undefined, undefined]);
  assert.ok(state.fits(snapshot));
  assert.ok(!state.fits({ ...snapshot, plan: undefined }));
  assert.deepEqual(state.apply({
    version: 2, places: [{ state: 'sold', seats: ['H-2a', '12-7'] }], sections: [],
  }), [2, 3]);
});

test('prices are added up', () => {
  const state = new EventState(SNAPSHOT);
  const seats = ['stalls:A1', 'stalls:B5', 'balcony:A3'].map((label) => state.find(label));
  assert.equal(state.total(new Set(seats)), 4_500 + 4_500 + 2_000);
  assert.equal(state.total([]), 0);
});

test('a change names seats and counts of sections', () => {
  const state = new EventState(SNAPSHOT);
  const changed = state.apply({
    version: 4,
    places: [{ state: 'held', seats: ['stalls:B5', 'balcony:A1'] },
      { state: 'free', seats: ['stalls:A3'] }],
    sections: [{ section: 'floor', free: 8, held: 2, sold: 0, blocked: 0 }],
  });
  assert.deepEqual(changed.map((seat) => state.label(seat)),
    ['stalls:B5', 'balcony:A1', 'stalls:A3']);
  assert.deepEqual(changed.map((seat) => state.seatStates[seat]), [HELD, HELD, FREE]);
  assert.equal(state.section('floor').counts.free, 8);
  assert.equal(state.version, 4);
});

test('a change of unknown seats or sections is not applied, not even in part', () => {
  const counts = { free: 0, held: 0, sold: 0, blocked: 0 };
  const known = [{ state: 'sold', seats: ['stalls:A1'] }];
  for (const change of [
    { places: [...known, { state: 'held', seats: ['stalls:C1'] }], sections: [] },
    { places: known, sections: [{ section: 'floor', ...counts }, { section: 'pit', ...counts }] },
  ]) {
    const state = new EventState(SNAPSHOT);
    assert.equal(state.apply({ version: 4, ...change }), null);
    assert.deepEqual(state, new EventState(SNAPSHOT));
  }
});

test('a snapshot fits a state of the same sections, prices and rows', () => {
  const state = new EventState(SNAPSHOT);
  const [stalls, floor, balcony] = SNAPSHOT.sections;
  const fits = (...sections) => state.fits(snapshotOf(9, sections));
  assert.ok(fits(stalls, { ...floor, free: 0 }, seatedSection('balcony', ['sss'], balcony)));
  for (const other of [
    [stalls, floor], [stalls, floor, balcony, balcony], [floor, stalls, balcony],
    [{ ...stalls, section: 'pit' }, floor, balcony], [{ ...stalls, price: 1 }, floor, balcony],
    [seatedSection('stalls', ['ffs', 'ffff']), floor, balcony],
    [seatedSection('stalls', ['ffs']), floor, balcony],
  ]) assert.ok(!fits(...other));
});

test('labels and seats name each other', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  for (const seat of seatsOf(state)) {
    assert.equal(state.find(state.label(seat)), seat);
    const row = state.row(seat);
    assert.ok(row.first <= seat && seat < row.first + row.seats);
    assert.equal(state.rows[row.index], row);
    assert.equal(row.section.rows[row.number], row);
  }
}));

test('restoring a snapshot gives the state of the snapshot, and names what differs', () =>
  law((random) => {
    const snapshot = randomSnapshot(random);
    const state = new EventState(snapshot);
    const before = [...state.seatStates];
    const next = reseated(random, snapshot, 2);
    assert.ok(state.fits(next));
    const changed = state.restore(next);
    assert.deepEqual(state, new EventState(next));
    assert.deepEqual(changed,
      seatsOf(state).filter((seat) => state.seatStates[seat] !== before[seat]));
  }));

test('changes lead to what a table of seats by label says', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  const seats = seatsOf(state);
  const table = new Map(seats.map((seat) => [state.label(seat), STATES[state.seatStates[seat]]]));
  for (let version = 2; version < 12; version += 1) {
    const places = STATES.map((name) => ({ state: name,
      seats: Array.from({ length: random.whole(0, 3) }, () => state.label(random.pick(seats))) }));
    for (const { state: name, seats: labels } of places) {
      for (const label of labels) table.set(label, name);
    }
    const changed = state.apply({ version, places, sections: [] });
    assert.deepEqual(changed.map((seat) => state.label(seat)),
      places.flatMap(({ seats: labels }) => labels));
    assert.equal(state.version, version);
  }
  for (const [label, name] of table) {
    assert.equal(STATES[state.seatStates[state.find(label)]], name);
  }
}));
