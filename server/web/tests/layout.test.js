import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MapLayout, PITCH } from '../event/map/layout.js';
import { EventState } from '../event/state/event-state.js';
import { law, randomSnapshot, seatedSection, snapshotOf, standingSection, stateOf }
  from './support.js';

const layoutOf = (...sections) => new MapLayout(new EventState(snapshotOf(1, sections)));

function randomLayout(random) {
  const state = new EventState(randomSnapshot(random));
  return { state, layout: new MapLayout(state), seats: [...state.seatStates.keys()] };
}

const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width
  && a.y < b.y + b.height && b.y < a.y + a.height;

test('seats of a row are a pitch apart, rows too', () => {
  const state = stateOf('fff', 'fff');
  const layout = new MapLayout(state);
  const [a1, a2, b1] = [0, 1, 3].map((seat) => layout.corner(seat));
  assert.deepEqual([a2.x - a1.x, a2.y - a1.y], [PITCH, 0]);
  assert.deepEqual([b1.x - a1.x, b1.y - a1.y], [0, PITCH]);
});

test('rows are centred in their block', () => {
  const state = stateOf('fffff', 'fff');
  const layout = new MapLayout(state);
  assert.equal(layout.rowLeft(state.rows[1]) - layout.rowLeft(state.rows[0]), PITCH);
});

test('a few blocks stand behind each other, the first one nearest to the front', () => {
  const layout = layoutOf(seatedSection('a', ['ff']), standingSection('b'),
    seatedSection('c', ['fff']));
  const [a, b, c] = layout.blocks;
  assert.ok(layout.front.y + layout.front.height <= a.y);
  assert.ok(a.y + a.height <= b.y && b.y + b.height <= c.y);
  const middles = layout.blocks.map(({ x, width }) => x + width / 2);
  assert.deepEqual(middles, middles.map(() => layout.width / 2));
});

test('many blocks stand beside each other, in the shape of a screen', () => {
  const rows = Array.from({ length: 20 }, () => 'f'.repeat(20));
  const blocks = Array.from({ length: 24 }, (_, index) => seatedSection(`b${index}`, rows));
  const layout = layoutOf(...blocks);
  const ratio = layout.width / layout.height;
  assert.ok(ratio > 1 && ratio < 2.5, `${ratio}`);
});

test('a point is hit or not', () => {
  const layout = new MapLayout(stateOf('ff', 'f'));
  const [block] = layout.blocks;
  const { x, y } = layout.corner(0);
  assert.equal(layout.seatAt(x, y), 0);
  assert.equal(layout.seatAt(x + PITCH - 0.01, y + PITCH - 0.01), 0);
  assert.equal(layout.seatAt(x + PITCH, y), 1);
  assert.equal(layout.seatAt(x - 0.01, y), undefined);
  assert.equal(layout.seatAt(x + 2 * PITCH, y), undefined);
  assert.equal(layout.seatAt(x, y - 0.01), undefined);
  assert.equal(layout.seatAt(x, y + PITCH + 1), undefined, 'beside the shorter row');
  assert.equal(layout.blockAt(block.x + 1, block.y - 1), block, 'its title belongs to it');
  assert.equal(layout.blockAt(block.x - 1, block.y), undefined);
  assert.equal(layout.blockAt(block.x + 1, block.y + block.height), undefined);
  assert.equal(layout.seatAt(block.x + 1, block.y - 1), undefined);
});

test('a standing block has no seats', () => {
  const layout = layoutOf(seatedSection('a', ['f']), standingSection('pit'));
  const { x, y, section } = layout.blocks[1];
  assert.equal(layout.blockAt(x + 5, y + 12).section, section);
  assert.equal(layout.seatAt(x + 5, y + 12), undefined);
});

test('every seat is hit by its points, and by no others', () => law((random) => {
  const { layout, seats } = randomLayout(random);
  const seat = random.pick(seats);
  const { x, y } = layout.corner(seat);
  const [dx, dy] = [random.between(0.001, PITCH - 0.001), random.between(0.001, PITCH - 0.001)];
  assert.equal(layout.seatAt(x + dx, y + dy), seat);
  const [px, py] = [random.between(0, layout.width), random.between(0, layout.height)];
  const hit = layout.seatAt(px, py);
  const expected = seats.find((each) => {
    const corner = layout.corner(each);
    return px >= corner.x && px < corner.x + PITCH && py >= corner.y && py < corner.y + PITCH;
  });
  assert.equal(hit, expected);
}));

test('blocks have room: none overlaps another, and all are on the map', () => law((random) => {
  const { layout } = randomLayout(random);
  const { blocks, front } = layout;
  for (const [index, block] of blocks.entries()) {
    const { x, y, width, height } = block;
    assert.ok(x >= -1e-9 && x + width <= layout.width + 1e-9);
    assert.ok(y >= front.height && y + height <= layout.height + 1e-9);
    for (const other of blocks.slice(index + 1)) assert.ok(!overlap(block, other));
  }
}));

test('every seat lies within its section’s block', () => law((random) => {
  const { layout, state, seats } = randomLayout(random);
  for (const seat of seats) {
    const { section } = state.row(seat);
    const block = layout.blocks[section.index];
    const { x, y } = layout.corner(seat);
    assert.equal(block.section, section);
    assert.ok(x >= block.x && x + PITCH <= block.x + block.width);
    assert.ok(y >= block.y && y + PITCH <= block.y + block.height);
  }
}));

test('the seats in a box are those that touch it', () => law((random) => {
  const { layout, seats } = randomLayout(random);
  const [x, y] = [random.between(-50, layout.width), random.between(-50, layout.height)];
  const box = { left: x, top: y, right: x + random.between(1, 300),
    bottom: y + random.between(1, 200) };
  const found = [];
  for (const [row, from, to] of layout.seatsIn(box)) {
    assert.ok(from >= 0 && to <= row.seats);
    for (let number = from; number < to; number += 1) found.push(row.first + number);
  }
  const touching = seats.filter((seat) => {
    const corner = layout.corner(seat);
    return corner.x < box.right && corner.x + PITCH > box.left
      && corner.y < box.bottom && corner.y + PITCH > box.top;
  });
  assert.deepEqual(found.sort((a, b) => a - b), touching);
}));

test('so many seats and rows beyond a box are found as well', () => {
  const layout = new MapLayout(stateOf(...Array.from({ length: 9 }, () => 'f'.repeat(9))));
  const { x, y } = layout.corner(4 * 9 + 4);
  const box = { left: x + 1, top: y + 1, right: x + 9, bottom: y + 9 };
  const found = [...layout.seatsIn(box, 2)].map(([row, from, to]) => [row.number, from, to]);
  assert.deepEqual(found, [2, 3, 4, 5, 6].map((row) => [row, 2, 7]));
  assert.deepEqual([...layout.seatsIn(box, 0)].map(([row, from, to]) => [row.number, from, to]),
    [[4, 4, 5]]);
});
