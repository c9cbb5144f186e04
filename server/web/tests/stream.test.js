import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../event/state/stream.js';

const listeners = new Map();
const addEventListener = (name, call) => listeners.set(name, call);
globalThis.document = { hidden: false, addEventListener };
Object.assign(globalThis, { addEventListener });
Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
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

/** A connection that stays open until it is aborted. */
const open = (signal) => new Response(new ReadableStream({
  start: (body) => signal.addEventListener('abort', () => body.error(signal.reason)),
}));

/** A stream whose connections stay open, with the signals of these. */
function listenOn() {
  const [signals, lives] = [[], []];
  globalThis.fetch = async (path, { signal }) => {
    signal.throwIfAborted();
    signals.push(signal);
    return open(signal);
  };
  const report = { live: (isLive) => lives.push(isLive), ended() {} };
  const stream = new EventStream('/stream', report);
  const listening = stream.listen();
  const focus = listeners.get('focus');
  const end = () => {
    globalThis.fetch = async () => new Response(null, { status: 404 });
    focus();
    stream.startOver();
    return listening;
  };
  return { signals, lives, focus, end };
}

const settled = () => new Promise((resolve) => {
  later(resolve, 5);
});

test('a hidden page has no stream, and one again when it is shown', async () => {
  const { signals, lives, end } = listenOn();
  await settled();
  assert.deepEqual(lives, [true]);
  document.hidden = true;
  listeners.get('visibilitychange')();
  await settled();
  assert.deepEqual([signals.length, signals[0].aborted, lives], [1, true, [true, false]]);
  document.hidden = false;
  listeners.get('visibilitychange')();
  await settled();
  assert.deepEqual([signals.length, signals[1].aborted], [2, false]);
  await end();
});

test('only so many pages have a stream, and the one in front takes another’s place', async () => {
  const holders = new Map();
  const locks = {
    async request(name, { steal }, keep) {
      if (holders.has(name) && !steal) return keep(null);
      holders.get(name)?.(new Error('stolen'));
      return new Promise((resolve, robbed) => {
        holders.set(name, robbed);
        Promise.resolve(keep({ name })).then(() => {
          if (holders.get(name) === robbed) holders.delete(name);
          resolve();
        });
      });
    },
  };
  Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
  const pages = [];
  for (let page = 0; page < 5; page += 1) {
    pages.push(listenOn());
    await settled();
  }
  const isLive = ({ lives }) => lives.at(-1) === true;
  const livePages = () => pages.filter(isLive).length;
  assert.deepEqual([livePages(), isLive(pages[4])], [3, true]);
  const overtaken = pages.find((page) => !isLive(page));
  overtaken.focus();
  await settled();
  assert.deepEqual([livePages(), isLive(overtaken)], [3, true]);
  for (const page of pages) await page.end();
});
