// A parser for server-sent events (WHATWG HTML, section 9.2.6) that arrive in pieces of text.

export class SseParser {
  #rest = '';
  #name = '';
  #id = null;
  #data = [];

  /** The messages that this piece completes: `{name, id, data}`. Comments are keep-alives. */
  push(text) {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop();
    const complete = [];
    for (const line of lines) {
      if (line === '') this.#finish(complete);
      else this.#field(line);
    }
    return complete;
  }

  #field(line) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#name = value;
    else if (name === 'id') this.#id = value;
    else if (name === 'data') this.#data.push(value);
  }

  #finish(complete) {
    if (this.#data.length > 0) {
      const data = this.#data.join('\n');
      complete.push({ name: this.#name || 'message', id: this.#id, data });
    }
    this.#name = '';
    this.#id = null;
    this.#data = [];
  }
}
