// A first booking: creates an event, holds the two best seats, confirms one of them, and gives it
// back. It may be run again: every run books anew. How to run it is in docs/http.md.

import createClient from 'openapi-fetch';
import type { components, paths } from './description';

type Problem = components['schemas']['Problem'];
type Reservation = components['schemas']['Reservation'];

declare const process: { argv: string[] };

const server = process.argv[2] ?? 'http://localhost:7118';
const client = createClient<paths>({ baseUrl: server });
const customer = 'ann@example.org';

/** A UUID of version 7: chosen before anything is sent, so that sending again never books twice. */
function newId(): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  const bytes = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const at = Date.now().toString(16).padStart(12, '0');
  const variant = '89ab'[(random[9] ?? 0) & 3];
  return `${at.slice(0, 8)}-${at.slice(8)}-7${bytes.slice(0, 3)}-${variant}${bytes.slice(3, 6)}-${
    bytes.slice(6, 18)}`;
}

/** The record that answers a request, or the problem as an error. */
function answered<T>({ data, error }: { data?: T; error?: Problem }): T {
  if (data === undefined) throw new Error(`${error?.title}: ${error?.detail}`);
  return data;
}

const event = 'first-booking-ts';
const saved = answered(await client.PUT('/v1/events/{event}', {
  params: { path: { event } },
  body: {
    name: 'Matinée',
    starts_at: '2030-03-17T17:46:40Z',
    sections: [{ section: 'stalls', price: 950, rows: '5x8' }],
  },
}));
console.log(`${saved.id}: ${saved.changed ? 'created' : 'there already'} at ${saved.version}`);

const held: Reservation = answered(await client.POST('/v1/events/{event}/reservations', {
  params: { path: { event }, header: { 'Idempotency-Key': newId() } },
  body: { customer, action: 'hold', best: { places: 2, together: true } },
}));
console.log(`held ${held.seats} until ${held.expires_at}`);

const path = { event, id: held.id };
const confirmed = answered(await client.POST('/v1/events/{event}/reservations/{id}/confirm', {
  params: { path },
  body: { customer, keep: held.seats.slice(0, 1) },
}));
console.log(`confirmed ${confirmed.seats} for ${confirmed.total}`);

const cancelled = answered(await client.POST('/v1/events/{event}/reservations/{id}/cancel', {
  params: { path },
  body: { customer },
}));
console.log(`it is ${cancelled.status} now, at version ${cancelled.version}`);
