import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeatChoice } from '../event/booking/seat-choice.js';
import { Overlay } from '../event/state/overlay.js';
import { money } from '../shared/format.js';
import { stateOf } from './support.js';

const announcer = {};
globalThis.document = { getElementById: () => announcer };

function start(rows, { step = 'choose', busy = false, ...terms } = {}) {
  const state = stateOf(...rows);
  const overlay = new Overlay(() => {});
  overlay.moveTo(state, []);
  const shown = [];
  const booking = { step, busy, again: () => shown.push('again') };
  const notices = {
    show: (text) => shown.push(text),
    lost: (labels, instead, take) => shown.push({ labels, instead, take }),
  };
  const choice = new SeatChoice({ overlay, booking, notices });
  choice.show(state, { sales: 'open', currency: 'EUR', currency_digits: 2, ...terms });
  return { state, overlay, choice, booking, shown };
}

const chosen = (overlay) => overlay.labels(overlay.chosen);

test('a seat is chosen by the first click and given back by the second', () => {
  const { overlay, choice } = start(['fff']);
  choice.toggle(1);
  choice.toggle(0);
  assert.deepEqual(chosen(overlay), ['A1', 'A2']);
  const total = money(9_000, { currency: 'EUR', currency_digits: 2 });
  assert.equal(announcer.textContent, `A1 chosen. Total ${total}.`);
  choice.toggle(1);
  assert.deepEqual(chosen(overlay), ['A1']);
  assert.equal(announcer.textContent, 'A2 given back.');
  choice.drop('A1');
  choice.drop('Z9');
  assert.deepEqual(chosen(overlay), []);
});

test('seats that are not free, or not sold, are not chosen', () => {
  const taken = start(['hsb']);
  for (const seat of [0, 1, 2]) taken.choice.toggle(seat);
  assert.deepEqual(chosen(taken.overlay), []);
  assert.equal(announcer.textContent, 'A3 is not free.');
  const closed = start(['f'], { sales: 'closed' });
  closed.choice.toggle(0);
  assert.deepEqual(chosen(closed.overlay), []);
});

test('no more seats are chosen than one person may have', () => {
  const { overlay, choice, shown } = start(['fff'], { max_per_customer: 2 });
  for (const seat of [0, 1, 2]) choice.toggle(seat);
  assert.deepEqual(chosen(overlay), ['A1', 'A2']);
  assert.deepEqual(shown, ['One person can have 2 places of this event.']);
  const unlimited = start(['f'.repeat(101)]);
  for (let seat = 0; seat < 101; seat += 1) unlimited.choice.toggle(seat);
  assert.equal(unlimited.overlay.chosen.size, 100);
});

test('during a hold nothing is chosen, after a booking another one begins', () => {
  for (const during of [{ busy: true }, { step: 'held' }]) {
    const { overlay, choice } = start(['f'], during);
    choice.toggle(0);
    assert.deepEqual(chosen(overlay), []);
  }
  const { overlay, choice, shown } = start(['f'], { step: 'booked' });
  choice.toggle(0);
  assert.deepEqual([chosen(overlay), shown], [['A1'], ['again']]);
});

test('chosen seats that another customer got are lost, and the nearest ones are offered', () => {
  const { state, overlay, choice, shown } = start(['fffff']);
  choice.toggle(1);
  choice.toggle(2);
  choice.check();
  assert.deepEqual(shown, []);
  state.apply({ version: 2, places: [{ state: 'held', seats: ['A3'] }], sections: [] });
  choice.check();
  const [{ labels, instead, take }] = shown;
  assert.deepEqual([labels, instead, chosen(overlay)], [['A3'], ['A4'], ['A2']]);
  take();
  assert.deepEqual(chosen(overlay), ['A2', 'A4']);
});

test('an offered seat that was taken meanwhile is not chosen', () => {
  const { state, overlay, choice, shown } = start(['fff']);
  choice.toggle(0);
  choice.refused(['A1', 'Z9'], 2);
  state.apply({ version: 2, places: [{ state: 'sold', seats: ['A1', 'A2'] }], sections: [] });
  shown[0].take();
  assert.deepEqual([shown[0].instead, chosen(overlay)], [['A2'], []]);
});

test('while an answer is awaited, seats may be the visitor’s', () => {
  const { state, choice, booking, shown } = start(['f']);
  choice.toggle(0);
  booking.busy = true;
  state.apply({ version: 2, places: [{ state: 'held', seats: ['A1'] }], sections: [] });
  choice.check();
  assert.deepEqual(shown, []);
});
