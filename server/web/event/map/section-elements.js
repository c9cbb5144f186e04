// An element for each section of the map. Seen from afar, a seated section is a button that leads
// to its seats; a standing section always is a button.

import { svg } from '../../shared/dom.js';
import { describeSection } from '../descriptions.js';

export class SectionElements {
  /** The element of each section, inside which its seats are. */
  roots = new Map();
  #terms;
  #tabStop;

  constructor(state, world, terms) {
    this.#terms = terms;
    for (const section of state.sections) {
      const root = svg('g', { class: section.standing ? 'section standing' : 'section' },
        areaOf(state.hall.sections[section.index]));
      root.dataset.section = section.name;
      this.roots.set(section, root);
    }
    world.replaceChildren(...this.roots.values());
    this.count(state.sections);
  }

  /** Tells the free places of these sections. */
  count(sections) {
    for (const section of sections) {
      // The name begins with the visible one: people who control by voice say what they see.
      this.roots.get(section).setAttribute('aria-label', describeSection(section, this.#terms));
    }
  }

  /** A section is a button while it can be activated, and a group of seats otherwise. */
  setRoles(far) {
    for (const [section, root] of this.roots) {
      const isButton = far || section.standing;
      root.setAttribute('role', isButton ? 'button' : 'group');
      root.classList.toggle('far', far);
      if (!isButton) root.removeAttribute('tabindex');
      else root.setAttribute('tabindex', section === this.#tabStop ? 0 : -1);
    }
  }

  /** Makes a section the only one that the Tab key reaches. */
  setTabStop(section) {
    this.roots.get(this.#tabStop)?.setAttribute('tabindex', -1);
    this.roots.get(section)?.setAttribute('tabindex', 0);
    this.#tabStop = section;
  }
}

function areaOf({ outline, box: [left, top, right, bottom] }) {
  const corners = outline ?? [left, top, right, top, right, bottom, left, bottom];
  return svg('polygon', { class: 'area', points: corners.map((at) => at.toFixed(1)).join(' ') });
}
