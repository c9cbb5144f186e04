// Requests to the server. Every change names its wanted end and can be sent again, so a request
// whose answer got lost is simply repeated.

/** The server understood and says no. `name` is the refusal's name, `fields` all it says. */
class Refusal extends Error {
  constructor(status, fields) {
    super(fields.detail ?? fields.title ?? `the server answered ${status}`);
    this.name = fields.refused ?? fields.title ?? String(status);
    this.status = status;
    this.fields = fields;
  }
}

/** No answer: the server or the network is away. */
class Unreachable extends Error {
  constructor() {
    super('the server cannot be reached');
    this.name = 'Unreachable';
  }
}

/** Refusals that say "not now", not "no". */
const NOT_NOW = new Set(['Busy', 'Unavailable', 'OutcomeUnknown', 'Unreachable']);

/** Whether an error says nothing of what was asked: it may have been done, or be done later. */
export const isNotNow = ({ name }) => NOT_NOW.has(name);

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 300;
const PATIENCE_MS = 10_000;
/** After failures that follow each other. */
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/**
 * One request, one answer.
 *
 * @throws {Refusal|Unreachable}
 */
export async function ask(method, path, body, headers = {}) {
  const options = { method, headers: { accept: 'application/json', ...headers } };
  options.signal = AbortSignal.timeout(PATIENCE_MS);
  if (method === 'GET') options.cache = 'no-cache';
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers['content-type'] = 'application/json';
  }
  const { response, fields } = await answer(path, options);
  if (response.ok) return fields;
  throw new Refusal(response.status, fields);
}

/** The same, again and again with growing pauses, for as long as the answer is "not now". */
export async function insist(method, path, body) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask(method, path, body);
    } catch (error) {
      if (attempt === ATTEMPTS || !isNotNow(error)) throw error;
      await pause(error.fields?.retry_after_ms ?? FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether an error means that the server serves nobody who comes without a token of his own. */
export const isForOthers = ({ status, name }) => status === 403 && name === 'NotAllowed';

/** Makes sure that this browser is somebody: a visitor with a signed cookie. */
export const becomeVisitor = () => insist('POST', '/v1/visitor');

/** Resolves after some milliseconds. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * A pause that is longer with every failure, and not the same for everybody: a server that comes
 * back is not asked by all at once.
 */
export function pauseAfter(failures) {
  const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** failures);
  return pause(longest * (0.5 + Math.random() / 2));
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
