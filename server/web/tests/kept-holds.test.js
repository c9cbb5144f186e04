import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal, serve } from './support.js';

const PATH = '/v1/events/night/reservations/x';
const T = '2026-07-01T20:00:00.000Z';
const LATER = '2026-07-01T20:00:00.001Z';

const storage = new Map();
globalThis.sessionStorage = {
  getItem: (name) => storage.get(name) ?? null,
  setItem: (name, value) => storage.set(name, value),
};
const posted = [];
const heard = [];
globalThis.BroadcastChannel = class {
  postMessage(message) {
    posted.push(message);
  }

  addEventListener(_, hear) {
    heard.push(hear);
  }
};
const on = new Map();
globalThis.addEventListener = (name, call) => on.set(name, call);
const beacons = [];
const sendBeacon = (path, body) => beacons.push(body.text().then((text) => [path, text]));
Object.defineProperty(globalThis, 'navigator', { value: { sendBeacon }, configurable: true });
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (call) => later(call, 0);

serve(() => refusal(404, 'ReservationNotFound'));
const { expiredBelow, extendAll, forget, holdsBelow, keep, listenToTabs, tellTabs } =
  await import('../shared/kept-holds.js');

function hold() {
  storage.clear();
  keep(PATH, { id: 'x', expires_at: T, seats: ['A1'] });
}

const deadline = () => holdsBelow('/v1/events/night')[0]?.expires_at;

test('a page that goes lets its holds end soon, by the deadline that it knows', async () => {
  beacons.length = 0;
  hold();
  on.get('pagehide')();
  assert.deepEqual(await Promise.all(beacons),
    [[`${PATH}/leave`, JSON.stringify({ if_expires_at: T })]]);
  assert.deepEqual(posted.pop(), { left: 'x' });
  forget('x');
  on.get('pagehide')();
  assert.equal(beacons.length, 1);
});

test('the next page extends them to another deadline', async () => {
  hold();
  const requests = serve(({ body }) => ({ fields: { expires_at: body.until } }));
  await extendAll();
  assert.deepEqual(requests.map(({ path, body }) => [path, body]),
    [[`${PATH}/extend`, { until: LATER }]]);
  assert.equal(deadline(), LATER);
});

test('where a hold may live no longer, it is extended to its deadline', async () => {
  for (const refused of [refusal(409, 'LimitExceeded'), refusal(422, 'Invalid')]) {
    hold();
    const answers = [refused, { fields: { expires_at: T } }];
    const requests = serve(() => answers.shift());
    await extendAll();
    assert.deepEqual(requests.map(({ body }) => body.until), [LATER, T]);
    assert.equal(deadline(), T);
  }
});

test('without an answer it is sent again', async () => {
  hold();
  const answers = [new TypeError('no network'), refusal(503, 'Unavailable'),
    refusal(429, 'Busy'), { fields: { expires_at: LATER } }];
  serve(() => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  });
  await extendAll();
  assert.deepEqual([answers.length, deadline()], [0, LATER]);
});

test('what has ended is kept no longer, and what ran out is said once', async () => {
  for (const [refused, ranOut] of [['AlreadyConfirmed', 0], ['ReservationNotFound', 0],
    ['HoldExpired', 1]]) {
    hold();
    serve(() => refusal(409, refused));
    await extendAll();
    assert.equal(deadline(), undefined);
    assert.equal(expiredBelow('/v1/events/night').length, ranOut);
    assert.equal(expiredBelow('/v1/events/night').length, 0);
  }
});

test('who goes to pay leaves nothing, until a page is back', async () => {
  hold();
  beacons.length = 0;
  on.get('click')({ target: { closest: (selector) => (selector === '[data-pay]' ? {} : null) } });
  on.get('pagehide')();
  assert.equal(beacons.length, 0);
  serve(({ body }) => ({ fields: { expires_at: body.until } }));
  await extendAll();
  on.get('pagehide')();
  assert.equal(beacons.length, 1);
});

test('a tab that shows a hold extends it when another tab leaves', async () => {
  hold();
  const requests = serve(({ body }) => ({ fields: { expires_at: body.until } }));
  heard[0]({ data: { left: 'y' } });
  heard[0]({ data: { left: 'x' } });
  await new Promise((resolve) => {
    later(resolve, 10);
  });
  assert.deepEqual(requests.map(({ path }) => path), [`${PATH}/extend`]);
  const told = [];
  listenToTabs((reservation) => told.push(reservation));
  heard[0]({ data: { reservation: { id: 'z' } } });
  tellTabs({ id: 'x' });
  assert.deepEqual([told, posted.pop()], [[{ id: 'z' }], { reservation: { id: 'x' } }]);
});

test('a page that the browser had kept extends its holds', async () => {
  hold();
  const requests = serve(({ body }) => ({ fields: { expires_at: body.until } }));
  on.get('pageshow')({ persisted: false });
  assert.equal(requests.length, 0);
  on.get('pageshow')({ persisted: true });
  assert.equal(requests.length, 1);
});
