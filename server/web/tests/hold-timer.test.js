import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldTimer } from '../event/panel/hold-timer.js';
import { law } from './support.js';

const START = 1_800_000_000_000;
const at = (timer, ms) => timer.at(START + ms);

test('it counts from the whole time down to the end', () => {
  const timer = new HoldTimer(START + 120_000, START);
  for (const [ms, left, share] of [[0, 120_000, 1], [30_000, 90_000, 0.75], [120_000, 0, 0]]) {
    const now = at(timer, ms);
    assert.deepEqual([now.left, now.share], [left, share]);
  }
  assert.ok(at(timer, 130_000).left < 0);
  assert.equal(at(timer, 130_000).share, 0);
});

test('a clock that is a moment behind does not begin with a second too many', () => {
  const timer = new HoldTimer(START + 120_000, START - 40);
  assert.equal(at(timer, -40).left, 120_000);
  assert.equal(at(timer, -40).share, 1);
  const ahead = new HoldTimer(START + 120_000, START + 40);
  assert.equal(at(ahead, 40).left, 119_960);
});

test('the last half minute is short', () => {
  const timer = new HoldTimer(START + 60_000, START);
  assert.equal(at(timer, 30_000).short, false);
  assert.equal(at(timer, 30_001).short, true);
});

test('the time is spoken once at each of its marks', () => {
  const timer = new HoldTimer(START + 120_000, START);
  const spoken = [];
  for (let ms = 0; ms <= 125_000; ms += 250) {
    const now = at(timer, ms);
    if (now.spoken) spoken.push([now.spoken, now.left]);
  }
  assert.deepEqual(spoken, [[60, 60_000], [30, 30_000], [10, 10_000]]);
});

test('a mark that the hold begins behind is not spoken', () => {
  const timer = new HoldTimer(START + 40_000, START);
  const marks = [0, 5_000, 10_000, 29_999, 30_000].map((ms) => at(timer, ms).spoken);
  assert.deepEqual(marks, [undefined, undefined, 30, undefined, 10]);
});

test('of marks that pass while the page sleeps the last one is spoken', () => {
  const timer = new HoldTimer(START + 120_000, START);
  at(timer, 0);
  assert.equal(at(timer, 115_000).spoken, 10);
  assert.equal(at(timer, 115_250).spoken, undefined);
});

test('after the end it is due at once, then at growing intervals of a minute at most', () => {
  const timer = new HoldTimer(START + 10_000, START);
  const due = [];
  for (let ms = 0; ms <= 400_000; ms += 250) if (at(timer, ms).due) due.push(ms - 10_000);
  assert.deepEqual(due.slice(0, 6), [0, 250, 750, 1_750, 3_750, 7_750]);
  const pauses = due.slice(1).map((ms, index) => ms - due[index]);
  assert.deepEqual(pauses.slice(-3), [60_000, 60_000, 60_000]);
});

test('whenever it is looked at, it is never due early and never rises', () => law((random) => {
  const length = random.whole(1, 600) * 1_000;
  const timer = new HoldTimer(START + length, START);
  let [ms, last] = [0, Infinity];
  while (ms < length + 10_000) {
    const { left, share, due, short } = at(timer, ms);
    assert.ok(left <= last && left <= length && share >= 0 && share <= 1);
    assert.equal(left, length - ms);
    assert.equal(short, left < 30_000);
    if (due) assert.ok(left <= 0);
    last = left;
    ms += random.whole(1, 20_000);
  }
}));
