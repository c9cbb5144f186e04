import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../event/state/stream.js';

globalThis.document = { hidden: false, addEventListener() {} };
globalThis.addEventListener = () => {};
// No pauses between attempts; the timeouts of silent connections stay.
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (call, ms, ...rest) => later(call, ms > 10_000 ? ms : 0, ...rest);

const change = (id, data) => `event: change\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const snapshot = (id) => `event: snapshot\nid: ${id}\ndata: {"version":${id}}\n\n`;
const ENDED = 'event: ended\ndata: {}\n\n';

/**
 * Listens to a stream whose connections bring these texts, or have these statuses. Returns the
 * reports, and for each connection the position that it resumed at.
 */
async function listen(connections, onChange = () => {}) {
  const [reports, positions] = [[], []];
  globalThis.fetch = async (path, { headers }) => {
    if (path === '/v1/visitor') {
      reports.push(['visitor']);
      return Response.json({}, { status: 201 });
    }
    positions.push(headers['last-event-id'] ?? null);
    const connection = connections.shift();
    return typeof connection === 'number' ? new Response(null, { status: connection })
      : new Response(connection);
  };
  const stream = new EventStream('/stream', {
    live: (isLive) => reports.push(['live', isLive]),
    snapshot: (data) => reports.push(['snapshot', data]),
    change(data) {
      reports.push(['change', data]);
      onChange(stream, data);
    },
    ended: () => reports.push(['ended']),
  });
  await stream.listen();
  return { reports, positions };
}

const named = (reports, ...names) => reports.filter(([name]) => names.includes(name));

test('messages are reported in order, until the event ends', async () => {
  const { reports, positions } = await listen([snapshot(1) + change(2, { a: 1 }) + ENDED]);
  assert.deepEqual(reports, [['live', true], ['snapshot', { version: 1 }], ['change', { a: 1 }],
    ['ended']]);
  assert.deepEqual(positions, [null]);
});

test('a stream is resumed at the last message of its last connection', async () => {
  const { reports, positions } = await listen(
    [snapshot(1) + change(2, 'a'), ': hello\n\n', change(3, 'b'), ENDED]);
  assert.deepEqual(positions, [null, '2', '2', '3']);
  assert.deepEqual(named(reports, 'change'), [['change', 'a'], ['change', 'b']]);
  assert.deepEqual(named(reports, 'live').map(([, isLive]) => isLive),
    [true, false, true, false, true, false, true]);
});

test('half a message is not reported, and comes again', async () => {
  const { reports, positions } = await listen(
    [snapshot(1) + change(2, 'a').slice(0, -1), change(2, 'a') + ENDED]);
  assert.deepEqual(positions, [null, '1']);
  assert.deepEqual(named(reports, 'change'), [['change', 'a']]);
});

test('after a gap the stream starts over, and nothing that follows the gap is taken', async () => {
  const { reports, positions } = await listen(
    [snapshot(1) + change(2, 'gap') + change(3, 'too late'), snapshot(4) + ENDED],
    (stream, data) => {
      if (data === 'gap') stream.startOver();
    });
  assert.deepEqual(positions, [null, null]);
  assert.deepEqual(named(reports, 'change', 'snapshot'),
    [['snapshot', { version: 1 }], ['change', 'gap'], ['snapshot', { version: 4 }]]);
});

test('a server that is away is asked again', async () => {
  const { reports, positions } = await listen([503, 500, snapshot(1) + ENDED]);
  assert.equal(positions.length, 3);
  assert.deepEqual(named(reports, 'live'), [['live', false], ['live', false], ['live', true]]);
});

test('where the visitor is not known, the browser becomes one again', async () => {
  const { reports } = await listen([401, snapshot(1) + ENDED]);
  assert.deepEqual(reports.slice(0, 3), [['visitor'], ['live', false], ['live', true]]);
});

test('an event that is not there has ended', async () => {
  const { reports, positions } = await listen([404]);
  assert.deepEqual([reports, positions], [[['ended']], [null]]);
});

test('messages of an unknown kind are left out', async () => {
  const { reports } = await listen([`event: news\nid: 9\ndata: {}\n\n${ENDED}`]);
  assert.deepEqual(reports, [['live', true], ['ended']]);
});
