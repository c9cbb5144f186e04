// The types of an event's tickets, and what they cost in each section.

export class Tickets {
  /** In the event's order; none where the event has no types. */
  types;
  #sections;
  /** The prices that are not those of sections: null where a type is not sold. */
  #prices = new Map();

  constructor({ types = [], prices = [], sections }) {
    this.types = types;
    this.#sections = new Map(sections.map(({ section, price }) => [section, price]));
    for (const { category, type, price } of prices) {
      this.#prices.set(JSON.stringify([category, type]), price);
    }
  }

  /** The price of a ticket in a section, in minor units; null where it is not sold. */
  price(section, type) {
    const other = this.#prices.get(JSON.stringify([section, type]));
    return other === undefined ? this.#sections.get(section) ?? null : other;
  }

  /** The types that some of these sections sell. */
  soldIn(sections) {
    const isSold = (type) => sections.some((section) => this.price(section, type) !== null);
    return this.types.filter(isSold);
  }

  /**
   * The price of places in these sections, one each, whose tickets are so many of each type: the
   * places in their order get the types in the event's. Null if one of them is not sold there.
   */
  total(sections, counts) {
    const each = this.types.flatMap((type) => Array(counts[type] ?? 0).fill(type));
    const prices = sections.map((section, place) => this.price(section, each[place]));
    return prices.includes(null) ? null : sum(prices);
  }

  /** The most that so many tickets of each type cost, wherever among these sections they are. */
  most(sections, counts) {
    const highest = (type) =>
      Math.max(0, ...sections.map((section) => this.price(section, type) ?? 0));
    return sum(Object.entries(counts).map(([type, places]) => places * highest(type)));
  }
}

/**
 * So many of each type among `places`: of all types but the first as many as are `wanted`, while
 * there are places, and of the first what is left.
 */
export function spread(places, [first, ...others], wanted) {
  const counts = [];
  let left = places;
  for (const type of others) {
    const some = Math.max(0, Math.min(left, wanted.get(type) ?? 0));
    if (some > 0) counts.push([type, some]);
    left -= some;
  }
  if (left > 0) counts.unshift([first, left]);
  return Object.fromEntries(counts);
}

const sum = (numbers) => numbers.reduce((total, one) => total + one, 0);
