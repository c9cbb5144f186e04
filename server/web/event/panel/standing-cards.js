// A card for each standing section, with its free places and a form to hold some.

import { byId, element, say } from '../../shared/dom.js';
import { count, counted } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { sectionTitle } from '../descriptions.js';

export class StandingCards {
  #cards = new Map();
  #state;
  #currency;
  #hold;

  /** `hold` receives the selection of a form that is submitted. */
  constructor(hold) {
    this.#hold = hold;
  }

  /** Shows a state and the terms. New terms alone leave typed numbers as they are. */
  show(state, { currency, max_per_customer: most }) {
    if (state !== this.#state || currency !== this.#currency) this.#build(state, currency);
    for (const { input } of this.#cards.values()) input.max = most ?? 100;
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

  #build(state, currency) {
    this.#state = state;
    this.#currency = currency;
    this.#cards.clear();
    const cards = state.standing.map((section) => this.#card(section, currency));
    byId('standing').replaceChildren(...cards);
    this.count(state.standing);
  }

  #card(section, currency) {
    const id = `standing-${section.index}`;
    const input = element('input', {
      id, type: 'number', inputmode: 'numeric', min: 1, value: 1, required: '',
    });
    const left = element('p', { class: 'quiet' });
    const button = element('button', { type: 'submit', class: 'button strong' }, text('holdSome'));
    const form = element('form', { class: 'standing-card', 'data-standing': section.name },
      element('h3', {}, sectionTitle(section, currency)),
      left,
      element('div', { class: 'field' }, element('label', { for: id }, text('howMany')), input),
      button);
    input.oninput = () => say(button, counted('holdPlaces', Number(input.value)));
    form.onsubmit = (submit) => {
      submit.preventDefault();
      this.#hold({ standing: { section: section.name, places: Number(input.value) } });
    };
    this.#cards.set(section, { input, left, button });
    return form;
  }
}
