// A parser for the text of `/metrics` (OpenMetrics), and questions about its samples.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export class Exposition {
  #samples = new Map();

  constructor(text) {
    for (const line of text.split('\n')) {
      const parts = line.startsWith('#') ? null : LINE.exec(line);
      if (!parts) continue;
      const [, name, labels = '', value] = parts;
      const sample = { labels: {}, value: Number(value.replace('+Inf', 'Infinity')) };
      for (const [, label, text] of labels.matchAll(LABEL)) sample.labels[label] = text;
      if (!this.#samples.has(name)) this.#samples.set(name, []);
      this.#samples.get(name).push(sample);
    }
  }

  /** The samples of this name. */
  of(name) {
    return this.#samples.get(name) ?? [];
  }

  /** The sum of the samples of this name, and with this label if given; undefined without any. */
  sum(name, label, value) {
    const samples = this.of(name).filter(({ labels }) => !label || labels[label] === value);
    return samples.length === 0 ? undefined
      : samples.reduce((sum, sample) => sum + sample.value, 0);
  }

  /** A histogram's cumulative counts, summed over all labels but `le`: `[[bound, count]…]`. */
  buckets(name) {
    const counts = new Map();
    for (const { labels, value } of this.of(`${name}_bucket`)) {
      const bound = Number(labels.le.replace('+Inf', 'Infinity'));
      counts.set(bound, (counts.get(bound) ?? 0) + value);
    }
    return [...counts].sort(([a], [b]) => a - b);
  }
}

/**
 * A quantile of what a histogram counted between two readings of its buckets: the upper bound of
 * the bucket that it lies in. Undefined if nothing was counted.
 */
export function quantile(before, now, share) {
  const earlier = new Map(before);
  const counted = now.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]);
  const all = counted.at(-1)?.[1] ?? 0;
  if (all <= 0) return undefined;
  const [bound] = counted.find(([, count]) => count >= all * share);
  return bound === Infinity ? counted.at(-2)?.[0] : bound;
}
