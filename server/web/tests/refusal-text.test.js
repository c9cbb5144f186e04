import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalText } from '../shared/refusal-text.js';

test('refusals are put into a visitor’s words', () => {
  assert.equal(refusalText({ name: 'SoldOut', fields: { free: 0 } }), 'That is sold out.');
  assert.equal(refusalText({ name: 'SoldOut', fields: { free: 2 } }),
    'There are not so many left: 2 are free.');
  assert.match(refusalText({ name: 'LimitExceeded', fields: { limit: 6, have: 2 } }),
    /can have 6 places of this event, and you have 2\.$/);
  assert.match(refusalText({ name: 'LimitExceeded', fields: { limit: 6, have: 0 } }),
    /can have 6 places of this event\.$/);
  assert.match(refusalText({ name: 'NotTogether', fields: { largest: 3 } }), /the most are 3\.$/);
});

test('without an answer there are no fields', () => {
  assert.match(refusalText({ name: 'Unreachable', message: 'x' }), /cannot be reached/);
});

test('a refusal without a text keeps the server’s message', () => {
  assert.equal(refusalText({ name: 'Invalid', message: 'places must be at least 1' }),
    'Places must be at least 1.');
});
