import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tickets, spread } from '../event/state/tickets.js';
import { law } from './support.js';

const EVENT = {
  types: ['adult', 'child', 'student'],
  sections: [{ section: 'stalls', price: 4_500 }, { section: 'balcony', price: 3_000 }],
  prices: [
    { category: 'stalls', type: 'child', price: 2_000 },
    { category: 'balcony', type: 'child', price: null },
    { category: 'balcony', type: 'student', price: 0 },
  ],
};

test('a ticket costs what its section does, unless its type has a price there', () => {
  const tickets = new Tickets(EVENT);
  assert.equal(tickets.price('stalls', 'adult'), 4_500);
  assert.equal(tickets.price('stalls', 'child'), 2_000);
  assert.equal(tickets.price('balcony', 'child'), null);
  assert.equal(tickets.price('balcony', 'student'), 0);
  assert.deepEqual(tickets.soldIn(['balcony']), ['adult', 'student']);
  assert.deepEqual(tickets.soldIn(['balcony', 'stalls']), EVENT.types);
  assert.deepEqual(new Tickets({ sections: EVENT.sections }).soldIn(['stalls']), []);
});

test('places in their order get the types in their order', () => {
  const tickets = new Tickets(EVENT);
  const places = ['stalls', 'stalls', 'balcony'];
  assert.equal(tickets.total(places, { adult: 1, child: 1, student: 1 }), 4_500 + 2_000 + 0);
  assert.equal(tickets.total(places, { adult: 2, child: 1 }), null);
});

test('the most that tickets cost is that of the dearest section of each type', () => {
  const tickets = new Tickets(EVENT);
  const sections = ['stalls', 'balcony'];
  assert.equal(tickets.most(sections, { adult: 2, child: 1 }), 2 * 4_500 + 2_000);
  assert.equal(tickets.most(['balcony'], { student: 4 }), 0);
});

test('as many tickets as places, of other types as many as fit', () => law((random) => {
  const places = random.whole(0, 10);
  const wanted = new Map(['child', 'student'].map((type) => [type, random.whole(-2, 8)]));
  const counts = spread(places, EVENT.types, wanted);
  const all = Object.values(counts);
  assert.equal(all.reduce((sum, one) => sum + one, 0), places);
  assert.ok(all.every((one) => one > 0));
  for (const [type, most] of wanted) assert.ok((counts[type] ?? 0) <= Math.max(0, most));
  assert.deepEqual(Object.keys(counts), EVENT.types.filter((type) => type in counts));
}));

test('no name of a type is mistaken for what objects have', () => {
  const counts = spread(2, ['adult', '__proto__'], new Map([['__proto__', 1]]));
  assert.deepEqual(Object.entries(counts), [['adult', 1], ['__proto__', 1]]);
});
