import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Booking } from '../event/booking/booking.js';
import { refusal, serve } from './support.js';

const PATH = '/v1/events/night';
const SEATS = { seats: ['A1', 'A2'] };
const UNAVAILABLE = refusal(503, 'Unavailable', { retry_after_ms: 0 });

/** The paths of the beacons that were sent. */
const beacons = [];
Object.defineProperty(globalThis, 'navigator', {
  value: { sendBeacon: (path) => beacons.push(path) }, configurable: true,
});

/** A booking with an overlay and notices that record their calls. */
function start() {
  const calls = [];
  const note = (...names) => Object.fromEntries(
    names.map((name) => [name, (...values) => calls.push([name, ...values])]));
  const [steps, tabs, tabSeats, kept] = [[], [], [], new Map()];
  const booking = new Booking({
    path: PATH,
    overlay: note('expectAnswer', 'settle', 'keep', 'giveBack'),
    keeper: {
      keep: (path, { id }) => kept.set(id, path),
      forget: (id) => kept.delete(id),
      tellTabs: ({ status, seats }) => {
        tabs.push(status);
        tabSeats.push(seats);
      },
    },
    tell: () => steps.push([booking.step, booking.busy]),
    notify: {
      ...note('released', 'expired'),
      refused: (error, selection) => calls.push(['refused', error.name, selection]),
    },
  });
  return { booking, calls, steps, tabs, tabSeats, kept };
}

const reservation = (id, status, version, seats = SEATS.seats) =>
  ({ fields: { id, status, version, seats } });

/** A server on which every hold succeeds, and is `status` after any other request. */
const holds = (status) => serve(({ path, body }) => (path === `${PATH}/reservations`
  ? reservation(body.id, 'held', 2) : reservation(path.split('/').at(-2), status, 3)));

async function held(status) {
  const started = start();
  const requests = holds(status);
  await started.booking.hold(SEATS);
  started.calls.length = 0;
  return { ...started, requests };
}

test('places are held by an id of the page’s own', async () => {
  const { booking, calls, steps } = start();
  const requests = holds();
  await booking.hold(SEATS);
  assert.deepEqual(requests.map(({ method, path }) => [method, path]),
    [['POST', `${PATH}/reservations`]]);
  const { id, ...selection } = requests[0].body;
  assert.match(id, /^[\da-f-]{36}$/);
  assert.deepEqual(selection, SEATS);
  assert.deepEqual([booking.step, booking.busy, booking.reservation.id], ['held', false, id]);
  assert.ok(Math.abs(booking.since - Date.now()) < 60_000);
  assert.deepEqual(calls, [['expectAnswer'], ['keep', SEATS.seats, 2], ['settle']]);
  assert.deepEqual(steps, [['choose', true], ['held', false]]);
});

test('a hold is confirmed', async () => {
  const { booking, calls, requests } = await held('confirmed');
  const { since } = booking;
  await booking.confirm();
  assert.equal(requests[1].path, `${PATH}/reservations/${booking.reservation.id}/confirm`);
  assert.deepEqual([booking.step, booking.since], ['booked', since]);
  assert.deepEqual(calls, [['keep', SEATS.seats, 3]]);
  booking.again();
  assert.deepEqual([booking.step, booking.reservation], ['choose', null]);
});

test('a hold is released, also if the answer names no seats any more', async () => {
  const { booking, calls } = await held();
  serve(({ path }) => reservation(path.split('/').at(-2), 'released', 3, []));
  await booking.release();
  assert.equal(booking.step, 'choose');
  assert.deepEqual(calls, [['giveBack', SEATS.seats, 3], ['released']]);
});

test('other tabs are told the seats of a hold that ended', async () => {
  const { booking, tabs, tabSeats } = await held();
  serve(({ path }) => reservation(path.split('/').at(-2), 'released', 3, []));
  await booking.release();
  assert.deepEqual([tabs.at(-1), tabSeats.at(-1)], ['released', SEATS.seats]);
});

test('a refused hold is reported, and the next one is a new request', async () => {
  const { booking, calls } = start();
  const requests = serve(() => refusal(409, 'SeatsTaken', { seats: ['A1'] }));
  await booking.hold(SEATS);
  await booking.hold(SEATS);
  assert.equal(booking.step, 'choose');
  assert.deepEqual(calls.filter(([name]) => name === 'refused'),
    Array.from({ length: 2 }, () => ['refused', 'SeatsTaken', SEATS]));
  assert.notEqual(requests[0].body.id, requests[1].body.id);
});

test('a hold whose answer got lost is asked for again with its id', async () => {
  const { booking, calls } = start();
  const lost = serve(() => UNAVAILABLE);
  await booking.hold(SEATS);
  assert.deepEqual(calls.at(-2), ['refused', 'Unavailable', SEATS]);
  const requests = holds();
  await booking.hold(SEATS);
  assert.equal(booking.step, 'held');
  const ids = [...lost, ...requests].map(({ body }) => body.id);
  assert.equal(new Set(ids).size, 1);
});

test('another selection releases the hold whose answer got lost', async () => {
  const { booking } = start();
  const [{ body: { id } }] = await unanswered(booking);
  const requests = holds();
  await booking.hold({ seats: ['B1'] });
  assert.equal(requests[0].path, `${PATH}/reservations/${id}/release`);
  assert.notEqual(requests[1].body.id, id);
  assert.equal(booking.step, 'held');
});

test('while the lost hold cannot be released, no other one is made', async () => {
  const { booking } = start();
  const [{ body: { id } }] = await unanswered(booking);
  const requests = serve(() => UNAVAILABLE);
  await booking.hold({ seats: ['B1'] });
  assert.ok(requests.every(({ path }) => path === `${PATH}/reservations/${id}/release`));
  assert.equal(booking.step, 'choose');
});

async function unanswered(booking) {
  const requests = serve(() => UNAVAILABLE);
  await booking.hold(SEATS);
  return requests;
}

test('one request is made at a time, and one hold', async () => {
  const { booking, requests } = await held('confirmed');
  await booking.hold({ seats: ['B1'] });
  assert.equal(requests.length, 1, 'it holds already');
  await Promise.all([booking.confirm(), booking.release(), booking.check(), booking.hold(SEATS)]);
  assert.equal(requests.length, 2);
  assert.equal(booking.step, 'booked');
});

test('without a hold nothing is confirmed, released or asked', async () => {
  const { booking } = start();
  const requests = holds();
  await booking.confirm();
  await booking.release();
  await booking.check();
  booking.forget();
  assert.deepEqual([requests, booking.step], [[], 'choose']);
});

test('a hold that the server let expire is lost', async () => {
  const expired = ['expired', { seats: SEATS.seats, standing: undefined, types: undefined }];
  for (const [answer, version] of [
    [reservation('x', 'expired', 7), 7],
    [refusal(409, 'HoldExpired', { version: 7 }), 7],
    [refusal(404, 'ReservationNotFound', { version: 9 }), 9],
  ]) {
    const { booking, calls } = await held();
    serve(() => answer);
    await booking.confirm();
    assert.equal(booking.step, 'choose');
    assert.deepEqual(calls, [['giveBack', SEATS.seats, version], expired]);
  }
});

test('at the end of the countdown the server is asked', async () => {
  const { booking, calls, requests } = await held('held');
  await booking.check();
  assert.deepEqual([requests[1].method, booking.step], ['GET', 'held']);
  serve(() => refusal(404, 'ReservationNotFound'));
  await booking.check();
  assert.equal(booking.step, 'choose');
  assert.deepEqual(calls.at(-1)[0], 'expired');
});

test('a confirmation without an answer keeps the hold', async () => {
  const { booking, calls } = await held();
  serve(() => UNAVAILABLE);
  await booking.confirm();
  assert.equal(booking.step, 'held');
  assert.deepEqual(calls, [['refused', 'Unavailable', undefined]]);
});

test('a hold left behind by another page is continued', () => {
  const { booking, calls, steps } = start();
  booking.resume(reservation('x', 'held', 4).fields);
  assert.deepEqual([booking.step, booking.reservation.id], ['held', 'x']);
  assert.deepEqual(calls, [['keep', SEATS.seats, 4]]);
  assert.deepEqual(steps, [['held', false]]);
});

test('with the event, the hold is gone', async () => {
  const { booking, calls } = await held();
  booking.forget();
  assert.equal(booking.step, 'choose');
  assert.deepEqual(calls, [['giveBack', SEATS.seats, 2]]);
});

test('a page that is left releases a hold whose answer never came, and no other', async () => {
  beacons.length = 0;
  start().booking.leave();
  const { booking } = await held();
  booking.leave();
  assert.deepEqual(beacons, []);
  const pending = start().booking;
  const [{ body: { id } }] = await unanswered(pending);
  pending.leave();
  assert.deepEqual(beacons, [`${PATH}/reservations/${id}/release`]);
});

test('a hold is kept for the next page until it ends, and other tabs are told', async () => {
  for (const [end, answer] of [
    [(booking) => booking.confirm(), reservation('x', 'confirmed', 3)],
    [(booking) => booking.release(), reservation('x', 'released', 3, [])],
    [(booking) => booking.confirm(), refusal(410, 'HoldExpired', { version: 7 })],
    [(booking) => booking.forget()],
  ]) {
    const { booking, kept, tabs } = await held();
    const { id } = booking.reservation;
    assert.deepEqual([...kept], [[id, `${PATH}/reservations/${id}`]]);
    if (answer?.fields.id) answer.fields.id = id;
    serve(() => answer);
    await end(booking);
    assert.deepEqual([...kept], []);
    assert.equal(tabs[0], 'held');
  }
});

test('what another tab tells is shown here', async () => {
  const { booking, calls, tabs } = await held();
  const { id } = booking.reservation;
  booking.hear(reservation('y', 'held', 4, ['B1']).fields);
  booking.hear(reservation('y', 'released', 5, ['B1']).fields);
  assert.deepEqual(calls, [['keep', ['B1'], 4], ['giveBack', ['B1'], 5]]);
  booking.hear(reservation(id, 'confirmed', 6).fields);
  assert.deepEqual([booking.step, tabs], ['booked', ['held']]);
});
