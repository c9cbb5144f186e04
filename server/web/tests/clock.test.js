import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverNow, synchronise } from '../shared/clock.js';
import { serve } from './support.js';

const HOUR = 3_600_000;
const near = (a, b) => assert.ok(Math.abs(a - b) < 5_000, `${a} and ${b}`);

test('until it is measured, the server’s time is the browser’s', () => {
  near(serverNow(), Date.now());
});

test('once measured, it is the server’s, however wrong the browser’s clock is', async () => {
  for (const offset of [HOUR, -HOUR]) {
    serve(() => ({ fields: { time: new Date(Date.now() + offset).toISOString() } }));
    await synchronise();
    near(serverNow(), Date.now() + offset);
  }
});

test('it advances', async () => {
  const before = serverNow();
  const begun = performance.now();
  while (performance.now() === begun);
  assert.ok(serverNow() > before);
});

test('a failed measurement leaves it as it was', async () => {
  const before = serverNow();
  serve(() => ({ status: 500 }));
  await assert.rejects(synchronise());
  near(serverNow(), before);
});
