import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Exposition, quantile } from '../admin/exposition.js';
import { ago, niceAbove, pathOf } from '../admin/plot-scale.js';
import { Rate, Series } from '../admin/series.js';
import { law } from './support.js';

const TEXT = `# HELP x_seconds how long
# TYPE x_seconds histogram
x_seconds_bucket{le="0.01",of="a"} 3
x_seconds_bucket{le="0.001",of="a"} 1
x_seconds_bucket{le="+Inf",of="a"} 4
x_seconds_bucket{le="+Inf",of="b"} 2
y{of="a"} 2
y{of="b \\"c\\", d"} 3
z 1 17
# EOF
`;

test('samples are read by name and label', () => {
  const metrics = new Exposition(TEXT);
  assert.deepEqual(metrics.of('z'), [{ labels: {}, value: 1 }]);
  assert.deepEqual(metrics.of('none'), []);
  assert.equal(metrics.sum('y'), 5);
  assert.equal(metrics.sum('y', 'of', 'a'), 2);
  assert.equal(metrics.sum('y', 'of', 'c'), undefined);
  assert.equal(metrics.sum('none'), undefined);
});

test('buckets are summed over labels, in the order of their bounds', () => {
  assert.deepEqual(new Exposition(TEXT).buckets('x_seconds'),
    [[0.001, 1], [0.01, 3], [Infinity, 6]]);
});

test('a quantile covers the counts between two readings', () => {
  const before = [[0.001, 100], [0.01, 100], [Infinity, 100]];
  const now = [[0.001, 190], [0.01, 199], [Infinity, 200]];
  assert.deepEqual([0.5, 0.95, 1].map((share) => quantile(before, now, share)),
    [0.001, 0.01, 0.01]);
  assert.equal(quantile(now, now, 0.5), undefined);
  assert.equal(quantile([], [], 0.5), undefined);
  assert.equal(quantile([], now, 0.5), 0.001, 'the first reading is since the start');
});

test('a quantile has at least its share at or below it', () => law((random) => {
  let total = 0;
  const counts = [0.001, 0.01, 0.1, 1].map((bound) => [bound, (total += random.whole(0, 50))]);
  const share = random.between(0.01, 1);
  const found = quantile([], [...counts, [Infinity, total]], share);
  if (total === 0) return assert.equal(found, undefined);
  const below = counts.find(([bound]) => bound === found)[1];
  assert.ok(below >= total * share);
  const tighter = counts.filter(([bound]) => bound < found);
  return assert.ok(tighter.every(([, count]) => count < total * share));
}));

test('a series keeps its span', () => {
  const series = new Series(1_000);
  for (const time of [0, 500, 1_000, 1_500]) series.push(time, time / 500);
  assert.deepEqual(series.points.map(([time]) => time), [500, 1_000, 1_500]);
  assert.equal(series.last, 3);
  assert.equal(new Series(1_000).last, undefined);
});

test('growth is a minute’s', () => {
  const series = new Series(600_000);
  for (const [time, value] of [[0, 0], [30_000, 100], [60_000, 110], [90_000, 120]]) {
    series.push(time, value);
  }
  assert.equal(series.perMinute(60_000), 20);
  assert.equal(series.perMinute(600_000), 80);
  const single = new Series(1_000);
  single.push(0, 5);
  assert.equal(single.perMinute(1_000), 0);
});

test('a rate is known from the second reading on, and not over a restart', () => {
  const rate = new Rate();
  const readings = [[0, 10], [1_000, 15], [3_000, 25], [4_000, 3], [5_000, 4], [6_000, undefined],
    [7_000, 9], [8_000, 10]];
  assert.deepEqual(readings.map(([time, count]) => rate.next(time, count)),
    [undefined, 5, 5, undefined, 1, undefined, undefined, 1]);
});

test('a plot ends at a round number', () => {
  assert.deepEqual([0, -1, 0.03, 1, 1.1, 3, 5.5, 10, 11, 450].map(niceAbove),
    [1, 1, 0.05, 1, 2, 5, 10, 10, 20, 500]);
});

test('a round number is not below, and not far above', () => law((random) => {
  const value = 10 ** random.between(-3, 9);
  const nice = niceAbove(value);
  assert.ok(nice >= value && nice <= value * 2.5 * (1 + 1e-9), `${nice} for ${value}`);
}));

test('times are written as ages', () => {
  assert.deepEqual([0, 30_000, 59_000, 60_000, 150_000].map(ago),
    ['now', '30 s ago', '59 s ago', '1 min ago', '2.5 min ago']);
});

test('a line is broken where a value is undefined', () => {
  const points = [[0, 1], [1, 2], [2, undefined], [3, undefined], [4, 5], [5, 6]];
  assert.equal(pathOf(points, (time) => time * 10, (value) => value),
    'M0.0 1.0L10.0 2.0M40.0 5.0L50.0 6.0');
  assert.equal(pathOf([], Number, Number), '');
});
