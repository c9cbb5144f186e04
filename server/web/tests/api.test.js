import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ask, becomeVisitor, insist, isTransient, refusesVisitors, watchAnswers,
} from '../shared/api.js';
import { refusal, serve } from './support.js';

const BUSY = refusal(503, 'Busy', { retry_after_ms: 0 });

/** Answers one after the other. */
const inTurn = (...answers) => serve(() => answers.shift());

test('the fields of an answer are returned', async () => {
  const requests = serve(() => ({ fields: { id: 7 } }));
  assert.deepEqual(await ask('GET', '/v1/server'), { id: 7 });
  assert.deepEqual(await ask('POST', '/v1/x', { a: 1 }), { id: 7 });
  assert.deepEqual(requests.map(({ method, path, body }) => [method, path, body]),
    [['GET', '/v1/server', undefined], ['POST', '/v1/x', { a: 1 }]]);
  assert.equal(requests[0].headers['content-type'], undefined);
  assert.equal(requests[1].headers['content-type'], 'application/json');
});

test('a refusal is thrown with its name, status and fields', async () => {
  serve(() => refusal(409, 'SeatsTaken', { seats: ['A1'] }));
  await assert.rejects(ask('POST', '/v1/x', {}), (error) => {
    assert.deepEqual([error.name, error.status, error.fields.seats], ['SeatsTaken', 409, ['A1']]);
    return true;
  });
});

test('an answer that is no JSON is a refusal without a name of its own', async () => {
  globalThis.fetch = async () => new Response('oh', { status: 502 });
  await assert.rejects(ask('GET', '/'), { name: '502', message: 'the server answered 502' });
});

test('a server that does not answer is unreachable', async () => {
  serve(() => {
    throw new TypeError('no network');
  });
  await assert.rejects(ask('GET', '/'), { name: 'Unreachable' });
});

test('transient errors are retried with the same request', async () => {
  const requests = inTurn(BUSY, refusal(503, 'Unavailable', { retry_after_ms: 1 }),
    refusal(500, 'OutcomeUnknown', { retry_after_ms: 0 }), { fields: { ok: true } });
  assert.deepEqual(await insist('POST', '/v1/x', { id: 1 }), { ok: true });
  assert.equal(requests.length, 4);
  for (const request of requests) assert.deepEqual(request, requests[0]);
});

test('transient errors are retried five times at most', async () => {
  const requests = serve(() => BUSY);
  await assert.rejects(insist('POST', '/v1/x'), { name: 'Busy' });
  assert.equal(requests.length, 5);
});

test('a refusal is final', async () => {
  const requests = inTurn(refusal(409, 'SoldOut'), { fields: {} });
  await assert.rejects(insist('POST', '/v1/x'), { name: 'SoldOut' });
  assert.equal(requests.length, 1);
});

test('only some errors leave the outcome open', () => {
  for (const name of ['Busy', 'Unavailable', 'OutcomeUnknown', 'Unreachable']) {
    assert.ok(isTransient({ name }), name);
  }
  for (const name of ['SoldOut', 'NotAllowed', 'Error']) assert.ok(!isTransient({ name }), name);
});

test('only one refusal means that the server admits no visitors', () => {
  assert.ok(refusesVisitors({ status: 403, name: 'NotAllowed' }));
  assert.ok(!refusesVisitors({ status: 401, name: 'NotAllowed' }));
  assert.ok(!refusesVisitors({ status: 403, name: 'ForeignOrigin' }));
});

test('a browser becomes a visitor by a request without a body', async () => {
  const requests = serve(() => ({ status: 201, fields: { customer: 'web-1' } }));
  await becomeVisitor();
  assert.deepEqual([requests[0].method, requests[0].path, requests[0].body],
    ['POST', '/v1/visitor', undefined]);
});

test('it is said while an answer takes long', async () => {
  const { setTimeout: later } = globalThis;
  globalThis.setTimeout = (call, ms) => later(call, ms / 1_000);
  const told = [];
  watchAnswers((isSlow) => told.push(isSlow));
  const answers = [];
  serve(() => new Promise((resolve) => {
    answers.push(resolve);
  }));
  const asked = [ask('GET', '/v1/x'), insist('POST', '/v1/y')];
  await new Promise((resolve) => {
    later(resolve, 20);
  });
  assert.deepEqual(told, [true, true]);
  for (const answer of answers) answer({ fields: {} });
  await Promise.all(asked);
  assert.deepEqual(told, [true, true, false]);
  serve(() => ({}));
  await ask('GET', '/v1/x');
  assert.equal(told.length, 3, 'a quick answer is not worth a word');
  globalThis.setTimeout = later;
});
