// The blocks of the map, one a section: outline, title and free places. Seen from afar, a seated
// block is a button that leads to its seats; a standing block always is a button.

import { say, svg } from '../../shared/dom.js';
import { count } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { describeSection, sectionTitle } from '../descriptions.js';
import { layOutTitle } from './section-title.js';
import { textWidth } from './text-width.js';

export class SectionBlocks {
  /** An element for each section, inside which its seats are drawn. */
  parents = new Map();
  #blocks = new Map();
  #terms;

  constructor(layout, world, terms) {
    this.#terms = terms;
    world.append(drawFront(layout));
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

  /** Lays out the titles for this scale; `far` is whether the map is drawn as an overview. */
  scale(scale, far) {
    for (const [section, drawn] of this.#blocks) {
      drawn.root.classList.toggle('far', far && !section.standing);
      writeTitle(drawn, [sectionTitle(section, this.#terms), section.name], scale);
      setRole(section, drawn.root, far);
    }
  }

  /** Updates the free places of these sections. */
  patch(sections) {
    for (const section of sections) this.#describe(section);
  }

  /** Makes a section the only one that the Tab key reaches. */
  setTabStop(section) {
    for (const [each, { root }] of this.#blocks) {
      if (root.hasAttribute('tabindex')) root.setAttribute('tabindex', each === section ? 0 : -1);
    }
  }

  #describe(section) {
    const { root, block, left, fill } = this.#blocks.get(section);
    say(left, text('free', { free: count(section.counts.free) }));
    fill?.setAttribute('width', block.width * (section.counts.free / section.capacity));
    // The name begins with the visible title: people who control by voice say what they see.
    root.setAttribute('aria-label', describeSection(section, this.#terms));
  }
}

function drawFront({ front: { x, y, width, height } }) {
  const front = svg('text', {
    class: 'front-text', x: x + width / 2, y: y + height * 0.71, 'font-size': height * 0.6,
  });
  front.textContent = text('front');
  return svg('g', { 'aria-hidden': 'true' },
    svg('rect', { class: 'front', x, y, width, height, rx: height / 4 }), front);
}

function draw(block) {
  const { x, y, width, height, section } = block;
  const bounds = { x, y, width, height, rx: 6 };
  const [inside, title, left] = [svg('g'), textNode('title'), textNode('left')];
  const plate = svg('rect', { class: 'plate', 'aria-hidden': 'true' });
  const fill = section.standing ? svg('rect', { class: 'fill', ...bounds }) : undefined;
  const root = svg('g', { class: section.standing ? 'section standing' : 'section' },
    svg('rect', { class: 'block', ...bounds }), ...(fill ? [fill] : []), inside,
    plate, title, left);
  root.dataset.section = section.name;
  return { root, block, inside, plate, title, left, fill };
}

const textNode = (name) => svg('text', { class: name, 'aria-hidden': 'true' });

function writeTitle({ root, block, title, left, plate }, texts, scale) {
  const laid = layOutTitle({ block, texts, second: left.textContent, scale, widthOf: textWidth });
  say(title, laid.title.text);
  for (const [node, { x, y, size }] of [[title, laid.title], [left, laid.second]]) {
    set(node, { x, y, 'font-size': size });
  }
  left.setAttribute('visibility', laid.hasSecond ? 'visible' : 'hidden');
  set(plate, laid.plate);
  root.classList.toggle('over', !laid.isAbove);
}

/** A block is a button while it can be activated, and a group of seats otherwise. */
function setRole(section, root, far) {
  const isButton = far || section.standing;
  root.setAttribute('role', isButton ? 'button' : 'group');
  if (!isButton) root.removeAttribute('tabindex');
  else if (!root.hasAttribute('tabindex')) root.setAttribute('tabindex', -1);
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}
