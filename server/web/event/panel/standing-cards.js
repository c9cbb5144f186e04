// A card for each standing section, with its free places and a form to hold some.

import { byId, element, say } from '../../shared/dom.js';
import { count, counted } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { sectionTitle } from '../descriptions.js';
import { TicketFields } from './ticket-fields.js';

export class StandingCards {
  #cards = new Map();
  #state;
  #terms;
  #hold;

  /** `hold` receives the selection of a form that is submitted. */
  constructor(hold) {
    this.#hold = hold;
  }

  /** Shows a state and the terms. New terms alone leave typed numbers as they are. */
  show(state, terms) {
    const isNew = state !== this.#state || terms.currency !== this.#terms.currency;
    this.#terms = terms;
    if (isNew) this.#build(state);
    for (const [section, { input, tickets }] of this.#cards) {
      input.max = terms.max_per_customer ?? 100;
      tickets.show([section.name], terms);
      tickets.count(Number(input.value));
    }
  }

  /** Updates the free places of these sections. */
  count(sections) {
    for (const section of sections) {
      const card = this.#cards.get(section);
      if (!card) continue;
      const { free } = section.counts;
      const left = { free: count(free), capacity: count(section.capacity) };
      say(card.left, free > 0 ? text('cardLeftOf', left) : text('cardSoldOut'));
      card.input.disabled = free === 0;
      card.button.hidden = free === 0;
    }
  }

  /** Focuses the number field of a section. */
  focus(section) {
    this.#cards.get(section)?.input.focus();
  }

  #build(state) {
    this.#state = state;
    this.#cards.clear();
    const cards = state.standing.map((section) => this.#card(section));
    byId('standing').replaceChildren(...cards);
    this.count(state.standing);
  }

  #card(section) {
    const id = `standing-${section.index}`;
    const input = element('input', {
      id, type: 'number', inputmode: 'numeric', min: 1, value: 1, required: '',
    });
    const left = element('p', { class: 'quiet' });
    const button = element('button', { type: 'submit', class: 'button strong' }, text('holdSome'));
    const count = () => tickets.count(Number(input.value));
    const tickets = new TicketFields(id, count);
    const form = element('form', { class: 'standing-card', 'data-standing': section.name },
      element('h3', {}, sectionTitle(section, this.#terms)),
      left,
      element('div', { class: 'field' }, element('label', { for: id }, text('howMany')), input),
      tickets.root,
      button);
    input.oninput = () => {
      say(button, counted('holdPlaces', Number(input.value)));
      count();
    };
    form.onsubmit = (submit) => {
      submit.preventDefault();
      const places = Number(input.value);
      this.#hold({
        standing: { section: section.name, places }, types: tickets.of(places),
        at_most: tickets.most(places) ?? places * section.price,
      });
    };
    this.#cards.set(section, { input, tickets, left, button });
    return form;
  }
}
