// The server's time. Deadlines are the server's, and a visitor's clock may be wrong.

import { ask } from './api.js';

let offset = 0;

/** Asks the server what time it is; the answer took half of the way's time to come. */
export async function synchronise() {
  const sent = performance.now();
  const server = await ask('GET', '/v1/server');
  const way = (performance.now() - sent) / 2;
  offset = Date.parse(server.time) + way - performance.now();
}

/** The server's time in milliseconds since 1970. */
export const serverNow = () => (offset === 0 ? Date.now() : performance.now() + offset);
