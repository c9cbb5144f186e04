import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lettersOf, parseLabel, rowOf } from '../event/state/labels.js';
import { law } from './support.js';

test('rows are lettered like the columns of a spreadsheet', () => {
  for (const [row, letters] of [
    [0, 'A'], [1, 'B'], [25, 'Z'], [26, 'AA'], [27, 'AB'], [51, 'AZ'], [52, 'BA'], [701, 'ZZ'],
    [702, 'AAA'],
  ]) assert.deepEqual([lettersOf(row), rowOf(letters)], [letters, row]);
});

test('letters lead back to their row, and later rows have later letters', () => law((random) => {
  const [row, other] = [random.whole(0, 18_277), random.whole(0, 18_277)];
  assert.equal(rowOf(lettersOf(row)), row);
  const order = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  assert.equal(Math.sign(order(lettersOf(row), lettersOf(other))), Math.sign(row - other));
}));

test('a label is taken apart', () => {
  assert.deepEqual(parseLabel('A12'), { prefix: '', row: 0, number: 11 });
  assert.deepEqual(parseLabel('balcony:C4'), { prefix: 'balcony:', row: 2, number: 3 });
  assert.deepEqual(parseLabel('Ö-1:AA10'), { prefix: 'Ö-1:', row: 26, number: 9 });
  assert.deepEqual(parseLabel('a:b:A1'), { prefix: 'a:b:', row: 0, number: 0 });
});

test('other texts are no labels', () => {
  for (const text of ['', 'A', '1', 'a1', 'A0', 'A01', 'A12345', 'ABCD1', 'A1 ', ' A1', 'A1:',
    'balcony:', 'balcony-A1', 'A1\n']) assert.equal(parseLabel(text), null, JSON.stringify(text));
});
