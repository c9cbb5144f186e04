import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Terms } from '../event/state/terms.js';
import { serve } from './support.js';

/** A server whose answers wait until they are let go. */
function waiting() {
  const go = [];
  const requests = serve(() => new Promise((resolve) => {
    go.push((fields) => resolve({ fields }));
  }));
  return { requests, go };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('terms are asked for one at a time, and once more for all calls meanwhile', async () => {
  const { requests, go } = waiting();
  const taken = [];
  const terms = new Terms('/v1/events/night', (each) => taken.push(each));
  const done = terms.renew();
  terms.renew();
  terms.renew();
  assert.equal(requests.length, 1);
  assert.equal(requests[0].path, '/v1/events/night?fresh=true');
  go[0]({ sales: 'open' });
  while (go.length < 2) await settled();
  go[1]({ sales: 'closed' });
  await done;
  assert.equal(requests.length, 2);
  assert.deepEqual(taken, [{ sales: 'open' }, { sales: 'closed' }]);
});

test('after the end of the event no terms are taken', async () => {
  const { requests, go } = waiting();
  const taken = [];
  const terms = new Terms('/v1/events/night', (each) => taken.push(each));
  const done = terms.renew();
  terms.end();
  go[0]({ sales: 'open' });
  await done;
  await terms.renew();
  assert.deepEqual([taken, requests.length], [[], 1]);
});
