// The legend, and the list of sections with what is left: it leads to each on the map.

import { byId, element, say, svg } from '../../shared/dom.js';
import { count, money } from '../../shared/format.js';
import { SHAPES } from '../map/close-up.js';

const LEGEND = [
  ['free', 'Free'], ['chosen', 'Chosen'], ['mine', 'Yours'], ['held', 'Held'], ['sold', 'Sold'],
  ['blocked', 'Not for sale'],
];

/** Says what the looks of seats mean; most houses have none that are not for sale. */
export function drawLegend(state) {
  const entry = ([look, text]) => element('li', {},
    svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
      svg('path', { class: `seat ${look}`, d: SHAPES[look] })),
    text);
  const hasBlocked = state.sections.some(({ counts }) => counts.blocked > 0);
  const entries = LEGEND.filter(([look]) => look !== 'blocked' || hasBlocked);
  const list = byId('legend');
  if (list.children.length !== entries.length) list.replaceChildren(...entries.map(entry));
}

export class SectionList {
  #left = new Map();
  #visit;

  /** `visit` brings the visitor to a section. */
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

  /** Says what is left of these sections. */
  count(sections) {
    for (const section of sections) {
      const { free } = section.counts;
      const text = `${count(free)} of ${count(section.capacity)} free`;
      say(this.#left.get(section), section.standing ? `standing, ${text}` : text);
    }
  }

  #entry(section, event) {
    const left = element('span', { class: 'section-left' });
    this.#left.set(section, left);
    const button = element('button', { type: 'button' },
      element('bdi', { class: 'section-name' }, section.name),
      element('span', {}, money(section.price, event.currency)), left);
    button.onclick = () => this.#visit(section);
    return element('li', {}, button);
  }
}
