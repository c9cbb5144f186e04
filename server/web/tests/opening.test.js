import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpeningTimer } from '../event/panel/opening.js';

test('the terms are asked for at the opening, and then ever more seldom', () => {
  const timer = new OpeningTimer();
  const due = [];
  for (let left = 2_000; left > -10_000; left -= 250) if (timer.isDue(left)) due.push(left);
  assert.deepEqual(due, [0, -500, -1_500, -3_500, -7_500]);
});
