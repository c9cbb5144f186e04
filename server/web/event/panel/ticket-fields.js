// How many of some places are for tickets of which type. The first type has what the others leave.

import { element, say } from '../../shared/dom.js';
import { count as number, isolated, money } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { spread } from '../state/tickets.js';

export class TicketFields {
  root = element('div', { class: 'tickets' });
  #id;
  #changed;
  #types = [];
  #sections = [];
  #tickets;
  #inputs = new Map();
  #first = element('output');

  /** `id` begins the ids of the fields; `changed` is called when a number is typed. */
  constructor(id, changed) {
    this.#id = id;
    this.#changed = changed;
    this.root.hidden = true;
  }

  /** Offers the types that these sections sell. Typed numbers stay. */
  show(sections, { tickets, ...terms }) {
    const wanted = this.#wanted();
    this.#sections = sections;
    this.#tickets = tickets;
    this.#types = tickets.soldIn(sections);
    const labels = this.#types.map((type) => this.#label(type, terms));
    const shows = labels.join('\n');
    if (this.root.dataset.shows === shows) return;
    this.root.dataset.shows = shows;
    this.#inputs.clear();
    this.root.hidden = this.#types.length < 2;
    const fields = this.#types.map((type, index) => (index === 0
      ? element('p', { class: 'field' }, labels[0], this.#first)
      : this.#field(type, index, labels[index], wanted.get(type) ?? 0)));
    this.root.replaceChildren(...(this.root.hidden ? [] : fields));
  }

  /** The number of each type among so many places; undefined where types need not be said. */
  of(places) {
    if (this.#types.length === 0) return undefined;
    const counts = spread(places, this.#types, this.#wanted());
    const [first] = this.#tickets.types;
    return counts[first] === places ? undefined : counts;
  }

  /** The most that so many places cost; undefined in an event without types. */
  most(places) {
    if (this.#types.length === 0) return undefined;
    return this.#tickets.most(this.#sections, spread(places, this.#types, this.#wanted()));
  }

  /** Shows how many of so many places are left to the first type. */
  count(places) {
    if (this.root.hidden) return;
    const [first] = this.#types;
    const left = spread(places, this.#types, this.#wanted())[first] ?? 0;
    say(this.#first, number(left));
  }

  #wanted() {
    const typed = ([type, input]) => [type, Math.floor(Number(input.value))];
    return new Map([...this.#inputs].map(typed));
  }

  #field(type, index, label, value) {
    const id = `${this.#id}-type-${index}`;
    const input = element('input',
      { id, type: 'number', inputmode: 'numeric', min: 0, value, 'data-type': type });
    input.oninput = () => this.#changed();
    this.#inputs.set(type, input);
    return element('div', { class: 'field' },
      element('label', { for: id }, label), input);
  }

  /** A type with its price, if it has one only. */
  #label(type, terms) {
    const prices = new Set(this.#sections.map((section) => this.#tickets.price(section, type)));
    prices.delete(null);
    const [price] = prices;
    const name = isolated(type);
    return prices.size === 1
      ? text('typeAtPrice', { type: name, price: money(price, terms) }) : name;
  }
}
