// What `/metrics` says, read: OpenMetrics text into samples by name.

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

  /** Their sum, of those with this label if one is given; undefined if there are none. */
  sum(name, label, value) {
    const samples = this.of(name).filter(({ labels }) => !label || labels[label] === value);
    return samples.length === 0 ? undefined
      : samples.reduce((sum, sample) => sum + sample.value, 0);
  }

  /** A histogram's counts up to each bound, over all labels but `le`: `[[bound, count]…]`. */
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
 * The value below which this share of what came between two looks at a histogram lies: the bound of
 * its bucket. Undefined if nothing came.
 */
export function quantile(before, now, share) {
  const earlier = new Map(before);
  const came = now.map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]);
  const all = came.at(-1)?.[1] ?? 0;
  if (all <= 0) return undefined;
  const [bound] = came.find(([, count]) => count >= all * share);
  return bound === Infinity ? came.at(-2)?.[0] : bound;
}
