// The event's stream: changes as they become durable. It reconnects by itself, goes on where it
// was, and says when it is not live. It is read with `fetch`, not `EventSource`, because a stream
// that fell silent is noticed only by whoever sees its keep-alive comments, and a refusal only by
// whoever sees its status.

import { becomeVisitor, pauseAfter } from '../../shared/api.js';
import { SseParser } from './sse-parser.js';

/** The server says something every 15 s; after two that are missing it is not there. */
const SILENCE_MS = 35_000;
/** A page that nobody sees gives its connection back: a browser has few to one server. */
const HIDDEN_MS = 60_000;

export class EventStream {
  #path;
  #hear;
  #last = null;
  #failures = 0;
  #ended = false;
  #attempt = null;

  /** `hear` has a function for each kind of message (`snapshot`, `change`, `ended`) and `live`. */
  constructor(path, hear) {
    this.#path = path;
    this.#hear = hear;
  }

  /** Listens until the event ends. */
  async listen() {
    this.#mindVisibility();
    while (!this.#ended) {
      await this.#visible();
      this.#attempt = new AbortController();
      try {
        await this.#read(this.#attempt);
      } catch {
        this.#failures += 1;
      }
      if (this.#ended) return;
      this.#hear.live(false);
      await pauseAfter(this.#failures);
    }
  }

  /** What the page shows cannot be trusted: begin again from a snapshot. */
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
      // Another server may be there now, to which this visitor is nobody.
      if (response.status === 401) await becomeVisitor();
      if (!response.ok) throw new Error(`the stream answered ${response.status}`);
      const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const messages = new SseParser();
      this.#hear.live(true);
      for (;;) {
        const { value, done } = await text.read();
        if (done) return undefined;
        quiet.feed();
        this.#failures = 0;
        for (const message of messages.push(value)) this.#take(message);
      }
    } finally {
      quiet.stop();
      attempt.abort();
    }
  }

  #take({ name, id, data }) {
    if (id !== null) this.#last = id;
    if (name === 'ended') this.#end();
    else this.#hear[name]?.(JSON.parse(data));
  }

  #end() {
    this.#ended = true;
    this.#hear.ended();
  }

  #mindVisibility() {
    let timer = 0;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => this.#attempt?.abort(), HIDDEN_MS);
    });
    addEventListener('offline', () => this.#attempt?.abort());
    // What came while the page was asleep may never be read.
    document.addEventListener('resume', () => this.#attempt?.abort());
  }

  async #visible() {
    while (document.hidden) {
      await new Promise((resolve) => {
        document.addEventListener('visibilitychange', resolve, { once: true });
      });
    }
  }
}

/** Calls somebody if it is not fed for some time. */
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
