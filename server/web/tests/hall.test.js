// Halls as plans say them: places, labels, marks, and which seat is at a point.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCESSIBLE, COMPANION, Hall, PITCH, RESTRICTED } from '../hall/hall.js';
import { SeatIndex } from '../hall/seat-index.js';
import {
  accessibleRows, describeAccessible, describeSeat, describeSection,
} from '../plan/descriptions.js';

/** Two rows of a seated section, an aisle in each, and a place to stand. */
const DRAWING = {
  name: 'Hall',
  categories: [{ name: 'Stalls', color: '#123456' }, { name: 'Side', color: '#654321' }],
  shapes: [{ polygon: [0, -500, 600, -500, 600, -300, 0, -300], color: '#ccc',
    text: { text: 'Stage', at: [300, -400], size: 160, color: '#333' } }],
  labels: [['3', '1', '2', '4'], ['C1', 'C2']],
  sections: [
    { name: 'stalls', category: 0, rows: [
      { label: 'A', labels: 0, points: [0, 0, 200, 0, 400, 0, 200, 0], category: 0,
        accessible: [0], companions: [1] },
      { label: '2', labels: 0, points: [0, 250, 200, 0, 400, 0, 200, 0], category: [0, 0, 1, 1],
        restricted: [3] },
      { label: 'B', labels: 1, points: [0, 500, 200, 0], category: 1 },
    ] },
    { name: 'pit', category: 1, capacity: 300, outline: [0, 700, 800, 700, 800, 900, 0, 900] },
  ],
};
const hall = new Hall(DRAWING);

test('seats are placed in units of which one takes ten', () => {
  assert.equal(hall.seats, 10);
  assert.equal(hall.x[1] - hall.x[0], PITCH);
  assert.equal(hall.x[2] - hall.x[1], 2 * PITCH);
  assert.equal(hall.y[4] - hall.y[0], 1.25 * PITCH);
  // The stage above and the pit below are in it, with room around.
  const [left, top, right, bottom] = hall.sections[1].box;
  assert.deepEqual([left, right - left, bottom - top], [20, 40, 10]);
  assert.equal(hall.width, right + 20);
  assert.equal(hall.height, bottom + 20);
  assert.equal(hall.shapes[0].text.size, 8);
  assert.ok(hall.shapes[0].polygon[1] < top);
});

test('labels join row and seat where they can be told apart', () => {
  assert.deepEqual([0, 1, 4, 8].map((seat) => hall.label(seat)), ['A3', 'A1', '2-3', 'B-C1']);
  assert.equal(hall.row(9).label, 'B');
  const labelled = (row, number) => new Hall({ ...DRAWING, labels: [[number]], sections: [
    { name: 'x', category: 0, rows: [{ label: row, labels: 0, points: [0, 0], category: 0 }] }] })
    .label(0);
  assert.deepEqual([labelled('H', '2a'), labelled('Ö', '7'), labelled('H1', '7')],
    ['H-2a', 'Ö7', 'H1-7']);
});

test('categories and marks are those of each seat', () => {
  assert.deepEqual([...hall.categoryOf], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual([...hall.marks.subarray(0, 8)],
    [ACCESSIBLE, COMPANION, 0, 0, 0, 0, 0, RESTRICTED]);
});

test('the seat at a point is the nearest one that reaches it', () => {
  const index = new SeatIndex(hall);
  for (let seat = 0; seat < hall.seats; seat += 1) {
    assert.equal(index.seatAt(hall.x[seat] + 3, hall.y[seat] - 3), seat);
  }
  const aisle = (hall.x[1] + hall.x[2]) / 2;
  assert.equal(index.seatAt(aisle, hall.y[1]), undefined);
  assert.equal(index.seatAt(-100, -100), undefined);
  assert.equal(index.seatAt(1e6, 1e6), undefined);
});

test('a hall is told in words', () => {
  assert.equal(describeSeat(hall, 0), 'stalls A3 · Stalls · accessible');
  assert.equal(describeSeat(hall, 7), 'stalls 2-4 · Side · restricted view');
  assert.equal(describeSection(hall, hall.sections[0]), '10 seats · Stalls, Side');
  assert.equal(describeSection(hall, hall.sections[1]), 'Standing, 300 places');
  assert.deepEqual(accessibleRows(hall).map(describeAccessible), ['Row A: 3 · companions 1']);
});

test('a hall without seats or places has a size', () => {
  const bare = new Hall({ name: 'x', categories: [], shapes: [], labels: [], sections: [] });
  assert.ok(bare.width > 0 && bare.height > 0 && bare.seats === 0);
});
