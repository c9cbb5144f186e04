import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellSize, cellsOf, FREEST, MINE, shadeOf } from '../event/map/overview-cells.js';
import { EventState, FREE } from '../event/state/event-state.js';
import { law, randomSnapshot, stateOf } from './support.js';

const STRANGER = { isOwn: () => false };

test('a cell is large enough to be seen, and a power of two of seats and rows', () => {
  assert.deepEqual(cellSize(4), { across: 1, along: 1 });
  assert.deepEqual(cellSize(0.5), { across: 2, along: 1 });
  assert.deepEqual(cellSize(0.1), { across: 16, along: 8 });
});

test('a cell is large enough, and no larger than it has to be', () => law((random) => {
  const scale = random.between(0.005, 4.4);
  const { across, along } = cellSize(scale);
  for (const [seats, pixels] of [[across, 10], [along, 5]]) {
    assert.equal(Math.log2(seats) % 1, 0);
    assert.ok(seats * 10 * scale >= pixels - 1e-9);
    assert.ok(seats === 1 || seats * 10 * scale < 2 * pixels);
  }
}));

test('the shade says how much is free', () => {
  const shade = (free, seats = 8, mine = 0) => shadeOf({ seats, free, mine });
  assert.deepEqual([0, 1, 2, 4, 6, 8].map((free) => shade(free)), [0, 1, 2, 3, 4, FREEST]);
  assert.equal(shade(1, 1_000), 1, 'a single free seat is not nothing');
  assert.equal(shade(0, 8, 1), MINE);
});

test('seats are put into cells by their columns', () => {
  const state = stateOf('ffss', 'sf');
  const { rows } = state;
  const indent = (row) => (4 - row.seats) / 2;
  const cells = cellsOf({ rows, indent, across: 2, state, overlay: STRANGER });
  assert.deepEqual(cells, [
    { from: 0, to: 2, seats: 3, free: 2, mine: 0 }, { from: 2, to: 4, seats: 3, free: 1, mine: 0 },
  ]);
});

test('own seats are counted', () => {
  const state = stateOf('ffff');
  const overlay = { isOwn: (seat) => seat === 2 };
  const cells = cellsOf({ rows: state.rows, indent: () => 0, across: 2, state, overlay });
  assert.deepEqual(cells.map(({ mine }) => mine), [0, 1]);
});

test('every seat is in one cell, and cells do not overlap', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  const { rows } = random.pick(state.seated);
  const widest = Math.max(...rows.map(({ seats }) => seats));
  const indent = (row) => (widest - row.seats) / 2;
  const across = 2 ** random.whole(0, 4);
  const cells = cellsOf({ rows, indent, across, state, overlay: STRANGER });
  const total = (of) => cells.reduce((sum, cell) => sum + cell[of], 0);
  const seats = rows.flatMap(({ first, seats: length }) =>
    Array.from({ length }, (_, number) => first + number));
  assert.equal(total('seats'), seats.length);
  assert.equal(total('free'), seats.filter((seat) => state.seatStates[seat] === FREE).length);
  for (const { from, to } of cells) {
    assert.ok(from >= 0 && to <= widest && to - from <= across + 0.5);
    assert.equal(Math.floor(from / across), Math.floor((to - 1) / across));
  }
}));
