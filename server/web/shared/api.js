// Requests to the server. Every change states its wanted end, so a request whose answer got lost
// is sent again without a second effect.

import { text } from './text.js';

/** The server understood the request and says no; `name` is the refusal's code. */
class Refusal extends Error {
  constructor(status, fields) {
    super(fields.detail ?? fields.title ?? text('notAnswered', { status }));
    this.name = fields.refused ?? fields.title ?? String(status);
    this.status = status;
    this.fields = fields;
  }
}

/** No answer came: the server or the network is down. */
class Unreachable extends Error {
  constructor() {
    super(text('unreachable'));
    this.name = 'Unreachable';
  }
}

const TRANSIENT = new Set(['Busy', 'Unavailable', 'OutcomeUnknown', 'Unreachable']);

/** Whether an error leaves the outcome open: the request may have been, or may yet be, done. */
export const isTransient = ({ name }) => TRANSIENT.has(name);

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 300;
/** Longer than the answers of a network take that is barely usable. */
const TIMEOUT_MS = 25_000;
/** A request that has no answer for so long is slow. */
const SLOW_MS = 3_000;
/** Back-off after failures in a row. */
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/** How many requests are slow, and the function that is told whether any is. */
let slow = 0;
let tellSlow = () => {};

/** `tell` is called with whether a request has been without an answer for some seconds. */
export function watchAnswers(tell) {
  tellSlow = tell;
}

/**
 * Sends one request and returns the fields of its answer.
 *
 * @throws {Refusal|Unreachable}
 */
export const ask = (...request) => watched(send(...request));

/** Like `ask`, but retries transient errors with growing pauses. */
export const insist = (...request) => watched(sendAgain(...request));

async function send(method, path, body, headers = {}) {
  const options = { method, headers: { accept: 'application/json', ...headers } };
  options.signal = AbortSignal.timeout(TIMEOUT_MS);
  if (method === 'GET') options.cache = 'no-cache';
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['content-type'] = 'application/json';
  }
  const { response, fields } = await answer(path, options);
  if (response.ok) return fields;
  throw new Refusal(response.status, fields);
}

async function sendAgain(method, path, body) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send(method, path, body);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await pause(error.fields?.retry_after_ms ?? FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether an error means that the server admits no visitors, only holders of tokens. */
export const refusesVisitors = ({ status, name }) => status === 403 && name === 'NotAllowed';

/** Makes this browser a visitor: the server sets a signed cookie, or prolongs the one it has. */
export const becomeVisitor = () => insist('POST', '/v1/visitor');

/** Resolves after some milliseconds. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Exponential back-off with jitter, so that browsers do not return to a server all at once. */
export function pauseAfter(failures) {
  const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** failures);
  return pause(longest * (0.5 + Math.random() / 2));
}

/** Passes an answer on, and says so while it takes long. */
async function watched(answer) {
  let isSlow = false;
  const timer = setTimeout(() => {
    isSlow = true;
    slow += 1;
    tellSlow(true);
  }, SLOW_MS);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
    if (isSlow) slow -= 1;
    if (isSlow && slow === 0) tellSlow(false);
  }
}

async function answer(path, options) {
  try {
    const response = await fetch(path, options);
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { response, fields: isJson ? await response.json() : {} };
  } catch {
    throw new Unreachable();
  }
}
