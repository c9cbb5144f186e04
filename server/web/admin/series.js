// Values over time, kept for a limited span.

export class Series {
  /** `[time in ms, value]`, in order of time. */
  points = [];
  #span;

  constructor(spanMs) {
    this.#span = spanMs;
  }

  /** Adds a value. Undefined is a gap. */
  push(time, value) {
    this.points.push([time, value]);
    while (this.points[0][0] < time - this.#span) this.points.shift();
  }

  get last() {
    return this.points.at(-1)?.[1];
  }

  /** The growth a minute, over the last `ms`. */
  perMinute(ms) {
    const end = this.points.at(-1);
    const start = this.points.find(([time]) => time >= end[0] - ms);
    const minutes = (end[0] - start[0]) / 60_000;
    return minutes > 0 ? (end[1] - start[1]) / minutes : 0;
  }
}

/** The growth of a counter a second, from one reading to the next. */
export class Rate {
  #before;

  /** The rate since the reading before; undefined for the first one, and after a restart. */
  next(time, count) {
    const before = this.#before;
    this.#before = count === undefined ? undefined : { time, count };
    if (!before || count === undefined || count < before.count) return undefined;
    return (count - before.count) / ((time - before.time) / 1_000);
  }
}
