// The legend: categories, which filter (those that are pressed are shown, all if none is), and what
// the shapes of seats mean.

import { element, svg } from '../shared/dom.js';
import { text } from '../shared/text.js';
import { ACCESSIBLE, COMPANION, RESTRICTED } from './hall.js';
import { MARKS } from './marks.js';

/** The shape of a seat with a mark, as it is drawn. */
const SHAPES = {
  [ACCESSIBLE]: ['rect', { x: 2, y: 2, width: 10, height: 10, class: 'accessible' }],
  [COMPANION]: ['circle', { cx: 7, cy: 7, r: 5.5, class: 'companion' }],
  [RESTRICTED]: ['circle', { cx: 7, cy: 7, r: 5, class: 'restricted' }],
};

/**
 * The entries of the categories and of the marks that a hall has. `filter` is called with the set
 * of categories to show; undefined for all.
 */
export function legendOf(hall, filter) {
  const pressed = new Set();
  const categories = hall.categories.map(({ name, color }, number) => {
    const swatch = element('span', { class: 'swatch', 'aria-hidden': 'true' });
    swatch.style.background = color;
    const button = element('button', { type: 'button', 'aria-pressed': 'false' }, swatch,
      element('bdi', {}, name));
    button.onclick = () => {
      const isPressed = !pressed.delete(number);
      if (isPressed) pressed.add(number);
      button.setAttribute('aria-pressed', String(isPressed));
      filter(pressed.size > 0 ? new Set(pressed) : undefined);
    };
    return element('li', {}, button);
  });
  const there = hall.marks.reduce((all, mark) => all | mark, 0);
  const marks = MARKS.filter(([mark]) => there & mark).map(([mark, name]) => element('li', {},
    svg('svg', { viewBox: '0 0 14 14', 'aria-hidden': 'true' }, svg(...SHAPES[mark])), text(name)));
  return { categories, marks };
}
