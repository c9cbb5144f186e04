// Halls of events without a plan: blocks of straight rows behind each other, or side by side.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventState } from '../event/state/event-state.js';
import { plainHall } from '../event/state/plain-hall.js';
import { PITCH } from '../hall/hall.js';
import { SectionNames } from '../hall/names.js';
import { SeatIndex } from '../hall/seat-index.js';
import { law, randomSnapshot, seatedSection, snapshotOf, standingSection, stateOf }
  from './support.js';

const hallOf = (...sections) => plainHall(snapshotOf(1, sections));

/** Whether two boxes have more in common than an edge. */
const overlap = (one, other) => one[0] < other[2] - 0.01 && one[2] - 0.01 > other[0]
  && one[1] < other[3] - 0.01 && one[3] - 0.01 > other[1];

const near = (one, other) => Math.abs(one - other) < 0.01;

test('seats of a row are a pitch apart, rows too', () => {
  const { x, y } = stateOf('fff', 'fff').hall;
  assert.ok(near(x[1] - x[0], PITCH) && near(y[1], y[0]));
  assert.ok(near(y[3] - y[0], PITCH) && near(x[3], x[0]));
});

test('rows of single seats are as far apart', () => {
  const { y } = stateOf('f', 'f').hall;
  assert.ok(near(y[1] - y[0], PITCH));
});

test('rows are centred in their block, lettered, and numbered from the left', () => {
  const { hall } = stateOf('fffff', 'fff');
  assert.ok(near(hall.x[5] - hall.x[0], PITCH));
  assert.deepEqual([0, 4, 5].map((seat) => hall.label(seat)), ['A1', 'A5', 'B1']);
});

test('a few blocks stand behind each other, the first one nearest to the front', () => {
  const { sections, shapes: [front], width } = hallOf(seatedSection('a', ['ff']),
    standingSection('b'), seatedSection('c', ['fff']));
  const boxes = [front, ...sections].map(({ box }) => box);
  for (const [at, [left, top, right]] of boxes.entries()) {
    assert.ok(at === 0 || boxes[at - 1][3] < top);
    assert.ok(near(left + right, width), 'it is in the middle');
  }
});

test('many blocks stand beside each other, in the shape of a screen', () => {
  const rows = Array.from({ length: 20 }, () => 'f'.repeat(20));
  const hall = hallOf(...Array.from({ length: 24 }, (_, at) => seatedSection(`b${at}`, rows)));
  const ratio = hall.width / hall.height;
  assert.ok(ratio > 1 && ratio < 2.5, `${ratio}`);
});

test('blocks have room: none overlaps another, and all seats are on their block', () =>
  law((random) => {
    const { sections, shapes, width, height } = plainHall(randomSnapshot(random));
    const all = [...shapes, ...sections];
    for (const [at, one] of all.entries()) {
      const [left, top, right, bottom] = one.box;
      assert.ok(left >= 0 && top >= 0 && right <= width && bottom <= height);
      for (const other of all.slice(at + 1)) assert.ok(!overlap(one.box, other.box));
    }
    for (const { box: [left, top, right, bottom], rows } of sections) {
      for (const { box } of rows) {
        assert.ok(box[0] >= left && box[1] >= top && box[2] <= right && box[3] <= bottom);
      }
    }
  }));

test('every seat is where it is hit, and its number is that of the state', () => law((random) => {
  const state = new EventState(randomSnapshot(random));
  const { hall } = state;
  const index = new SeatIndex(hall);
  assert.equal(hall.seats, state.seatStates.length);
  const seat = random.whole(0, hall.seats - 1);
  assert.equal(index.seatAt(hall.x[seat] + 3, hall.y[seat] - 3), seat);
  assert.equal(state.row(seat).label, hall.row(seat).label);
  assert.ok(index.countAbout([0, 0, hall.width, hall.height]) === hall.seats);
}));

test('a hundred sections of all sizes have names that do not touch', () => {
  const words = ['Parkett', 'Ложа', 'מרפסת', 'شرفة', '二階席', 'The-longest-name-there-can-be-of'];
  const sections = Array.from({ length: 100 }, (_, at) => {
    const name = `${words[at % words.length]}${at}`;
    const rows = Array.from({ length: 1 + (at % 10) }, () => 'f'.repeat(3 + ((at * 7) % 40)));
    return at % 10 === 0 ? standingSection(name) : seatedSection(name, rows);
  });
  const hall = hallOf(...sections);
  const told = ({ rows }) => (rows.length === 0 ? '1,000 free' : undefined);
  const names = new SectionNames(hall, new SeatIndex(hall), (it) => it.length * 0.6, told);
  for (const scale of [0.3, 0.8, 2.8]) {
    const laid = names.layOut(scale);
    assert.ok(laid.length > (scale > 1 ? 90 : 30), `${laid.length} at ${scale}`);
    for (const [at, one] of laid.entries()) {
      for (const other of laid.slice(at + 1)) assert.ok(!overlap(one.box, other.box));
    }
  }
});
