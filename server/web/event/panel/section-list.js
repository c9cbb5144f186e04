// The list of sections with their free places. Each entry leads to its section on the map.

import { byId, element, say } from '../../shared/dom.js';
import { count, money } from '../../shared/format.js';
import { text } from '../../shared/text.js';

export class SectionList {
  #left = new Map();
  #visit;

  /** `visit` receives the section of an entry that is clicked. */
  constructor(visit) {
    this.#visit = visit;
  }

  show(state, event) {
    this.#left.clear();
    byId('sections-list').replaceChildren(
      ...state.sections.map((section) => this.#entry(section, event)));
    byId('sections').hidden = false;
    this.count(state.sections);
  }

  /** Updates the free places of these sections. */
  count(sections) {
    for (const section of sections) {
      const left = { free: count(section.counts.free), capacity: count(section.capacity) };
      const name = section.standing ? 'standingLeftOf' : 'leftOf';
      say(this.#left.get(section), text(name, left));
    }
  }

  #entry(section, event) {
    const left = element('span', { class: 'section-left' });
    this.#left.set(section, left);
    const button = element('button', { type: 'button' },
      element('bdi', { class: 'section-name' }, section.name),
      element('span', {}, money(section.price, event)), left);
    button.onclick = () => this.#visit(section);
    return element('li', {}, button);
  }
}
