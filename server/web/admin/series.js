// Values over time, of the last minutes only.

export class Series {
  /** `[time in ms, value]`, in order of time. */
  points = [];
  #span;

  constructor(spanMs) {
    this.#span = spanMs;
  }

  /** Adds a value; undefined leaves a gap. */
  push(time, value) {
    this.points.push([time, value]);
    while (this.points[0][0] < time - this.#span) this.points.shift();
  }

  get last() {
    return this.points.at(-1)?.[1];
  }

  /** How much it grew within the last `ms`, for each minute. */
  perMinute(ms) {
    const end = this.points.at(-1);
    const start = this.points.find(([time]) => time >= end[0] - ms);
    const minutes = (end[0] - start[0]) / 60_000;
    return minutes > 0 ? (end[1] - start[1]) / minutes : 0;
  }
}

/** How fast a counter grows, a second, from one look to the next. */
export class Rate {
  #before;

  next(time, count) {
    const before = this.#before;
    this.#before = count === undefined ? undefined : { time, count };
    if (!before || count === undefined || count < before.count) return undefined;
    return (count - before.count) / ((time - before.time) / 1_000);
  }
}
