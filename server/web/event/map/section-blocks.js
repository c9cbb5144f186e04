// The blocks of the layout map: an outline and a title for each section, and for a standing one
// how many places are left. From afar a seated block is a button that leads to its seats.

import { say, svg } from '../../shared/dom.js';
import { count } from '../../shared/format.js';
import { sectionTitle } from '../descriptions.js';
import { write } from './section-title.js';

export class SectionBlocks {
  /** An element a section, for what is drawn inside it. */
  parents = new Map();
  #blocks = new Map();
  #currency;

  constructor(layout, world, currency) {
    this.#currency = currency;
    world.append(frontOf(layout));
    for (const block of layout.blocks) {
      const drawn = draw(block);
      this.#blocks.set(block.section, drawn);
      this.parents.set(block.section, drawn.inside);
      world.append(drawn.root);
      this.#describe(block.section);
    }
  }

  /** The element of a section. */
  root(section) {
    return this.#blocks.get(section).root;
  }

  /** Makes titles legible at this scale; from afar they stand in their blocks' middle. */
  scale(scale, far) {
    for (const [section, drawn] of this.#blocks) {
      drawn.root.classList.toggle('far', far && !section.standing);
      write(drawn, [sectionTitle(section, this.#currency), section.name], scale);
      this.#expose(section, drawn.root, far);
    }
  }

  /** Says what is left of these sections. */
  patch(sections) {
    for (const section of sections) this.#describe(section);
  }

  /** The one section that the Tab key comes to. */
  setTabStop(section) {
    for (const [each, { root }] of this.#blocks) {
      if (root.hasAttribute('tabindex')) root.setAttribute('tabindex', each === section ? 0 : -1);
    }
  }

  #describe(section) {
    const { root, block, left, fill } = this.#blocks.get(section);
    say(left, `${count(section.counts.free)} free`);
    fill?.setAttribute('width', block.width * (section.counts.free / section.capacity));
    // What is written on it begins its name: some people say what they see.
    root.setAttribute('aria-label', describeSection(section, this.#currency));
  }

  /** What is a button from afar is a group of seats from near. */
  #expose(section, root, far) {
    const isButton = far || section.standing;
    root.setAttribute('role', isButton ? 'button' : 'group');
    if (!isButton) root.removeAttribute('tabindex');
    else if (!root.hasAttribute('tabindex')) root.setAttribute('tabindex', -1);
  }
}

function frontOf({ front: { x, y, width, height } }) {
  const text = svg('text', {
    class: 'front-text', x: x + width / 2, y: y + height * 0.71, 'font-size': height * 0.6,
  });
  text.textContent = 'FRONT';
  return svg('g', { 'aria-hidden': 'true' },
    svg('rect', { class: 'front', x, y, width, height, rx: height / 4 }), text);
}

function draw(block) {
  const { x, y, width, height, section } = block;
  const bounds = { x, y, width, height, rx: 6 };
  const [inside, title, left] = [svg('g'), text('title'), text('left')];
  const plate = svg('rect', { class: 'plate', 'aria-hidden': 'true' });
  const fill = section.standing ? svg('rect', { class: 'fill', ...bounds }) : undefined;
  const root = svg('g', { class: section.standing ? 'section standing' : 'section' },
    svg('rect', { class: 'block', ...bounds }), ...(fill ? [fill] : []), inside,
    plate, title, left);
  root.dataset.section = section.name;
  return { root, block, inside, plate, title, left, fill };
}

const text = (name) => svg('text', { class: name, 'aria-hidden': 'true' });

/** A section and what is left of it. */
export function describeSection(section, currency) {
  const { counts: { free }, capacity } = section;
  return `${sectionTitle(section, currency)}, ${count(free)} free, ${count(capacity)} in all`;
}
