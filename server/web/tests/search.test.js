import assert from 'node:assert/strict';
import { test } from 'node:test';
import { search } from '../admin/search.js';
import { serve } from './support.js';

globalThis.sessionStorage = { getItem: () => 'secret' };

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

test('reservations are found by their customer, with the operator’s token', async () => {
  const requests = serve(() => ({ fields: { reservations: [{ id: ID }], next: null } }));
  assert.deepEqual(await search('ann'), { found: [{ id: ID }], all: true });
  assert.equal(requests[0].path, '/v1/reservations?limit=1000&customer=ann');
  assert.equal(requests[0].headers.authorization, 'Bearer secret');
});

test('one is found by its id, on whatever page it is', async () => {
  const pages = [{ reservations: [{ id: 'x' }], next: 'a' },
    { reservations: [{ id: ID }], next: 'b' }];
  const requests = serve(() => ({ fields: pages.shift() }));
  const looked = [];
  const { found } = await search(ID.toUpperCase(), (n) => looked.push(n));
  assert.deepEqual([found, looked], [[{ id: ID }], [1, 2]]);
  assert.equal(requests[1].path, '/v1/reservations?limit=1000&after=a');
});

test('a search has an end', async () => {
  serve(() => ({ fields: { reservations: Array(1_000).fill({ id: 'x' }), next: 'more' } }));
  assert.deepEqual(await search(ID), { found: [], all: false });
  const { found, all } = await search('ann');
  assert.deepEqual([found.length, all], [1_000, false]);
});

test('a word that may be a booking code is looked for as one, too', async () => {
  const answers = { customer: [{ event: 'a', id: '1' }],
    code: [{ event: 'a', id: '1' }, { event: 'b', id: '1' }] };
  const requests = serve(({ path }) => {
    const reservations = answers[path.includes('code=') ? 'code' : 'customer'];
    return { fields: { reservations, next: null } };
  });
  const { found, all } = await search('7k3m-9qpa');
  assert.deepEqual([found, all], [[{ event: 'b', id: '1' }, { event: 'a', id: '1' }], true]);
  assert.deepEqual(requests.map(({ path }) => path),
    ['customer', 'code'].map((by) => `/v1/reservations?limit=1000&${by}=7k3m-9qpa`));
});
