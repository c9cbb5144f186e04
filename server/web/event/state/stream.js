// The connection to the event's stream, which sends changes as they become durable. It reconnects,
// resumes at the last message, and reports when it is not live. `EventSource` would hide keep-alive
// comments and the status of a refusal, so the stream is read with `fetch`.

import { becomeVisitor, pauseAfter } from '../../shared/api.js';
import { SseParser } from './sse-parser.js';
import { takePlace } from './stream-place.js';

/** The server sends a keep-alive every 15 s; two missing ones mean that the connection is dead. */
const SILENCE_MS = 35_000;

export class EventStream {
  #path;
  #report;
  #last = null;
  #failures = 0;
  #ended = false;
  #attempt = null;
  /** Whether another page of this browser, which came to the front later, has the place. */
  #isOvertaken = false;
  #wake = () => {};

  /**
   * `report` has `live`, and a function a kind of message: `snapshot`, `change`, `ended`. The next
   * message waits for what that promises.
   */
  constructor(path, report) {
    this.#path = path;
    this.#report = report;
  }

  /** Reads the stream, over as many connections as it takes, until the event ends. */
  async listen() {
    this.#watchPage();
    while (!this.#ended) {
      await this.#inFront();
      const attempt = new AbortController();
      this.#attempt = attempt;
      const leave = await takePlace(() => {
        this.#isOvertaken = true;
        attempt.abort();
      });
      try {
        await this.#read(attempt);
      } catch {
        this.#failures += 1;
      } finally {
        leave();
      }
      if (this.#ended) return;
      this.#report.live(false);
      if (!document.hidden && !this.#isOvertaken) await pauseAfter(this.#failures);
    }
  }

  /** Reconnects without a position, so that the server begins with a snapshot. */
  startOver() {
    this.#last = null;
    this.#attempt?.abort();
  }

  async #read(attempt) {
    const quiet = new Watchdog(SILENCE_MS, () => attempt.abort());
    try {
      const headers = { accept: 'text/event-stream' };
      if (this.#last !== null) headers['last-event-id'] = this.#last;
      const options = { headers, cache: 'no-store', signal: attempt.signal };
      const response = await fetch(this.#path, options);
      if (response.status === 404) return this.#end();
      // A server that was replaced does not know the visitor's cookie.
      if (response.status === 401) await becomeVisitor();
      if (!response.ok) throw new Error(response.statusText);
      const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const parser = new SseParser();
      this.#report.live(true);
      for (;;) {
        const { value, done } = await text.read();
        if (done) return undefined;
        quiet.feed();
        this.#failures = 0;
        for (const message of parser.push(value)) {
          // After `startOver`, the rest would be taken for the position to resume at.
          if (attempt.signal.aborted) return undefined;
          const taken = this.#take(message);
          if (taken) await taken;
        }
      }
    } finally {
      quiet.stop();
      attempt.abort();
    }
  }

  #take({ name, id, data }) {
    if (id !== null) this.#last = id;
    if (name === 'ended') return this.#end();
    return this.#report[name]?.(JSON.parse(data));
  }

  #end() {
    this.#ended = true;
    this.#report.ended();
  }

  /** A hidden page has no stream: the connections are for pages that are looked at. */
  #watchPage() {
    const close = () => this.#attempt?.abort();
    const wake = () => {
      this.#isOvertaken = false;
      this.#wake();
    };
    document.addEventListener('visibilitychange', () => (document.hidden ? close() : wake()));
    addEventListener('focus', wake);
    addEventListener('pagehide', close);
    addEventListener('offline', close);
    // A frozen page may have lost what arrived meanwhile.
    document.addEventListener('resume', close);
  }

  async #inFront() {
    while (document.hidden || this.#isOvertaken) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** Calls `bark` once it has not been fed for some time. */
class Watchdog {
  #ms;
  #bark;
  #timer;

  constructor(ms, bark) {
    this.#ms = ms;
    this.#bark = bark;
    this.feed();
  }

  feed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#bark, this.#ms);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
