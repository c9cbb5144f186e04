import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Follower } from '../event/state/follower.js';
import { seatedSection, snapshotOf, standingSection } from './support.js';

const snapshot = (version, letters) =>
  snapshotOf(version, [seatedSection('stalls', [letters], { prefix: '' }), standingSection('pit')]);

const held = (version, label, sections = []) =>
  ({ version, places: [{ state: 'held', seats: [label] }], sections });

/** A follower and its reports. */
function follow() {
  const reports = [];
  const follower = new Follower({
    built: (state) => reports.push(['built', state.version]),
    changed: (seats, sections) =>
      reports.push(['changed', seats, sections.map(({ name }) => name)]),
    lost: () => reports.push(['lost']),
  });
  return { follower, reports };
}

test('the first snapshot builds the state, later ones change it', () => {
  const { follower, reports } = follow();
  follower.snapshot(snapshot(1, 'fff'));
  const { state } = follower;
  follower.snapshot(snapshot(5, 'fhs'));
  assert.equal(follower.state, state);
  assert.equal(state.version, 5);
  assert.deepEqual(reports, [['built', 1], ['changed', [1, 2], ['stalls', 'pit']]]);
});

test('a snapshot of another shape builds another state', () => {
  const { follower, reports } = follow();
  follower.snapshot(snapshot(1, 'fff'));
  follower.snapshot(snapshot(2, 'ffff'));
  assert.deepEqual(reports, [['built', 1], ['built', 2]]);
  assert.equal(follower.state.find('A4'), 3);
});

test('a change reports its seats, and its sections in their order', () => {
  const { follower, reports } = follow();
  follower.snapshot(snapshot(1, 'fff'));
  const counts = { free: 1, held: 1, sold: 1, blocked: 0 };
  follower.change(held(2, 'A2', [{ section: 'pit', ...counts }, { section: 'stalls', ...counts }]));
  assert.deepEqual(reports.at(-1), ['changed', [1], ['stalls', 'pit']]);
  assert.equal(follower.state.version, 2);
});

test('a change that does not belong to the state is a gap, which a snapshot closes', () => {
  const { follower, reports } = follow();
  follower.snapshot(snapshot(1, 'fff'));
  follower.change(held(2, 'A4'));
  assert.deepEqual(reports.at(-1), ['lost']);
  assert.equal(follower.state.version, 1);
  follower.snapshot(snapshot(2, 'fffh'));
  assert.deepEqual(reports.at(-1), ['built', 2]);
  follower.change(held(3, 'A1'));
  assert.deepEqual(reports.at(-1), ['changed', [0], []]);
});

test('a change before any snapshot is a gap', () => {
  const { follower, reports } = follow();
  follower.change(held(2, 'A1'));
  assert.deepEqual(reports, [['lost']]);
});
