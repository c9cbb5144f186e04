// Where the names of sections stand.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hall } from '../hall/hall.js';
import { SectionNames } from '../hall/names.js';
import { SeatIndex } from '../hall/seat-index.js';
import { law } from './support.js';

const widthOf = (text) => text.length * 0.6;

/** A section of rows of seats, in tenths of the plan's unit. */
function block(name, left, top, rows, seats) {
  const steps = Array.from({ length: seats - 1 }, () => [200, 0]).flat();
  return { name, category: 0, rows: Array.from({ length: rows }, (_, row) => ({
    label: String(row + 1), labels: seats, category: 0,
    points: [left, top + row * 250, ...steps],
  })) };
}

function hallOf(sections, shapes = []) {
  const labels = Array.from({ length: 100 }, (_, seats) =>
    Array.from({ length: seats }, (__, seat) => String(seat + 1)));
  return new Hall({ name: 'Hall', categories: [{ name: 'All', color: '#123456' }], shapes, labels,
    sections });
}

const namesOf = (hall, scale) =>
  new SectionNames(hall, new SeatIndex(hall), widthOf).layOut(scale);

const touch = (one, other) => one[0] < other[2] && one[2] > other[0]
  && one[1] < other[3] && one[3] > other[1];

const seatsIn = (hall, [left, top, right, bottom]) => [...hall.x.keys()].filter((seat) =>
  hall.x[seat] > left && hall.x[seat] < right && hall.y[seat] > top && hall.y[seat] < bottom);

test('no name touches another one or leaves the drawing', () => law((random) => {
  const sections = Array.from({ length: random.whole(1, 20) }, (_, number) =>
    block(`block ${number}`, random.whole(0, 20) * 700, random.whole(0, 9) * 900,
      random.whole(1, 6), random.whole(2, 30)));
  const hall = hallOf(sections);
  const names = namesOf(hall, random.between(0.2, 4));
  for (const [at, { box }] of names.entries()) {
    assert.ok(box[0] >= 0 && box[1] >= 0 && box[2] <= hall.width && box[3] <= hall.height);
    for (const other of names.slice(at + 1)) assert.ok(!touch(box, other.box), other.text);
  }
  assert.equal(new Set(names.map(({ section }) => section)).size, names.length);
}));

test('every block of a stadium has its name on a small screen', () => {
  const side = (first, top) => Array.from({ length: 8 }, (_, index) =>
    block(String(first + index), index * 4_200, top, 30, 20));
  const hall = hallOf([...side(101, 0), ...side(201, 9_000)]);
  // A block is 14 pixels wide.
  const scale = 14 / 210;
  const names = namesOf(hall, scale);
  assert.equal(names.length, 16);
  for (const { section, box, isUpright, size } of names) {
    assert.ok(isUpright, section.name);
    assert.ok(size * scale >= 8, 'it can be read');
    const own = seatsIn(hall, box).map((seat) => hall.row(seat).section);
    assert.deepEqual([...new Set(own)], [section], 'it stands on its own block');
  }
});

test('a wide name is turned or smaller before it leaves its block', () => {
  const blocks = Array.from({ length: 8 }, (_, index) =>
    block(String(101 + index), index * 4_200, 2_000, 30, 20));
  const hall = hallOf(blocks);
  // A block is 25 pixels wide, and below it there is room.
  const names = namesOf(hall, 25 / 210);
  for (const { section, box } of names) assert.ok(touch(box, section.box), section.name);
  assert.equal(new Set(names.map(({ size }) => size)).size, 1);
});

test('near by, a name covers no seat', () => {
  const sides = [block('left', 0, 0, 8, 8), block('right', 2_400, 0, 8, 8)];
  const hall = hallOf(sides, [{ polygon: [0, -900, 4_000, -900, 4_000, -400, 0, -400],
    color: '#ccc' }]);
  const names = namesOf(hall, 2);
  assert.deepEqual(names.map(({ text }) => text).sort(), ['left', 'right']);
  for (const { box } of names) assert.deepEqual(seatsIn(hall, box), []);
});

test('the name of what lies around others stands beside its own seats', () => {
  const around = block('around', -2_000, 2_500, 2, 40);
  const hall = hallOf([block('inside', 0, 0, 8, 20), around,
    { name: 'pit', category: 0, capacity: 9,
      outline: [0, -900, 4_000, -900, 4_000, -400, 0, -400] },
  ]);
  const [inside, outer, pit] = ['inside', 'around', 'pit'].map((name) =>
    namesOf(hall, 2).find(({ text }) => text === name));
  assert.ok(touch(pit.box, pit.section.box));
  for (const { box, section } of [inside, outer]) {
    const near = [box[0] - 16, box[1] - 16, box[2] + 16, box[3] + 16];
    assert.ok(seatsIn(hall, near).some((seat) => hall.row(seat).section === section));
  }
});
