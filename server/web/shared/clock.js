// The server's time. Deadlines are given in it, and a visitor's own clock may be wrong.

import { ask } from './api.js';

let offset = 0;

/** Measures the offset of the server's clock; the answer is taken to travel half the round trip. */
export async function synchronise() {
  const sent = performance.now();
  const server = await ask('GET', '/v1/server');
  const travelled = (performance.now() - sent) / 2;
  offset = Date.parse(server.time) + travelled - performance.now();
}

/** The server's time in milliseconds since 1970; the browser's until the first measurement. */
export const serverNow = () => (offset === 0 ? Date.now() : performance.now() + offset);
