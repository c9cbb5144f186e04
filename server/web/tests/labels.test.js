import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lettersOf } from '../event/state/labels.js';
import { law } from './support.js';

test('rows are lettered like the columns of a spreadsheet', () => {
  for (const [row, letters] of [
    [0, 'A'], [1, 'B'], [25, 'Z'], [26, 'AA'], [27, 'AB'], [51, 'AZ'], [52, 'BA'], [701, 'ZZ'],
    [702, 'AAA'],
  ]) assert.equal(lettersOf(row), letters);
});

test('later rows have later letters', () => law((random) => {
  const [row, other] = [random.whole(0, 18_277), random.whole(0, 18_277)];
  const order = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
  assert.equal(Math.sign(order(lettersOf(row), lettersOf(other))), Math.sign(row - other));
}));
