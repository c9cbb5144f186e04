import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeSeat, describeSection, sectionTitle } from '../event/descriptions.js';
import { EventState } from '../event/state/event-state.js';
import { money } from '../shared/format.js';
import { describePlaces } from '../shared/places.js';
import { seatedSection, snapshotOf, standingSection, stateOf } from './support.js';

/** Prices as this machine's locale writes them. */
const TERMS = { currency: 'EUR', currency_digits: 2 };
const PRICE = money(4_500, TERMS);

test('a seat is described by row, number, price and look', () => {
  const state = stateOf('ff', 'ff');
  assert.equal(describeSeat(state, 3, 'free', TERMS), `Row B, seat 2, ${PRICE}, free`);
  assert.equal(describeSeat(state, 0, 'mine', TERMS), `Row A, seat 1, ${PRICE}, yours`);
  for (const look of ['free', 'held', 'sold', 'blocked', 'chosen', 'mine']) {
    assert.ok(!describeSeat(state, 0, look, TERMS).includes('undefined'), look);
  }
});

test('where there are several sections, their names come first', () => {
  const state = new EventState(snapshotOf(1,
    [seatedSection('stalls', ['f']), seatedSection('שורה', ['f'])]));
  assert.equal(describeSeat(state, 0, 'sold', TERMS), `stalls, Row A, seat 1, ${PRICE}, sold`);
  assert.match(describeSeat(state, 1, 'sold', TERMS), /^\u2068שורה\u2069, Row A/);
});

test('a section is described by name, price and places', () => {
  const state = new EventState(snapshotOf(1, [standingSection('pit', { free: 7, sold: 3 })]));
  const [section] = state.sections;
  assert.equal(sectionTitle(section, TERMS), `pit · ${money(3_000, TERMS)}`);
  assert.equal(describeSection(section, TERMS),
    `pit · ${money(3_000, TERMS)}, 7 free, 10 in all`);
});

test('the places of a reservation are its seats, or a number of standing places', () => {
  assert.deepEqual(describePlaces({ seats: ['A1', 'A2'] }), ['A1', 'A2']);
  const standing = (places) => describePlaces({ seats: [], standing: { section: 'pit', places } });
  assert.deepEqual([standing(1), standing(3)], [['1 place in pit'], ['3 places in pit']]);
});
