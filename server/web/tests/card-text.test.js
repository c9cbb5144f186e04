import assert from 'node:assert/strict';
import { test } from 'node:test';
import { availability, priceRange, shares } from '../events/card-text.js';
import { count, money, zonedTime } from '../shared/format.js';

test('a card says how much is left', () => {
  const of = (free, held, sales = 'open') => availability({ free, held, sales });
  assert.deepEqual([of(3, 1), of(0, 2), of(0, 0), of(3, 1, 'closed'), of(3, 1, 'cancelled')],
    ['3 left', 'All held or sold', 'Sold out', 'Sales closed', 'Cancelled']);
  assert.equal(of(3, 1, 'ended'), 'Sales ended');
  const [at, local] = ['2027-07-01T08:00:00.000Z', '2027-07-01T10:00:00'];
  const from = { at, local, zone: 'Europe/Berlin' };
  const scheduled = availability({ free: 3, held: 0, sales: 'scheduled', sales_from: from });
  assert.equal(scheduled, `Sales open ${zonedTime(from)}`);
  assert.equal(of(12_345, 0), `${count(12_345)} left`);
});

test('a single price is written once', () => {
  const terms = { currency: 'EUR', currency_digits: 2 };
  const range = (price_min, price_max) => priceRange({ price_min, price_max, ...terms });
  assert.equal(range(4_500, 4_500), money(4_500, terms));
  assert.equal(range(3_000, 4_500), `${money(3_000, terms)} – ${money(4_500, terms)}`);
});

test('the bar has the shares of all places', () => {
  assert.deepEqual(shares({ free: 2, held: 1, sold: 4, blocked: 1 }), { free: 0.25, held: 0.125 });
});
