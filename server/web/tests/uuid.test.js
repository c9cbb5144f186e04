import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid7 } from '../shared/uuid.js';
import { law } from './support.js';

test('an id is of version 7 and of its time', () => law((random) => {
  const now = random.between(0, 2 ** 48 - 1);
  const id = uuid7(now);
  assert.match(id, /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  assert.equal(parseInt(id.replaceAll('-', '').slice(0, 12), 16), Math.floor(now));
}));

test('ids of one moment differ', () => {
  const ids = Array.from({ length: 1_000 }, () => uuid7(1_800_000_000_000));
  assert.equal(new Set(ids).size, 1_000);
});

test('later ids sort behind earlier ones', () => law((random) => {
  const now = random.whole(0, 2 ** 47);
  assert.ok(uuid7(now) < uuid7(now + random.whole(1, 2 ** 40)));
}));
