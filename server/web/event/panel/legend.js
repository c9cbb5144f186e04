// The legend below the map: the categories, which filter, the looks of seats, and their marks.

import { byId, element, svg } from '../../shared/dom.js';
import { text } from '../../shared/text.js';
import { legendOf } from '../../hall/legend.js';
import { SHAPES } from '../map/seat-shapes.js';

const LOOKS = [
  ['free', 'legendFree'], ['chosen', 'legendChosen'], ['mine', 'legendMine'],
  ['held', 'legendHeld'], ['sold', 'legendSold'], ['blocked', 'legendBlocked'],
];

/** `filter` is called with the set of categories to show; undefined for all. */
export function drawLegend(state, filter) {
  const { categories, marks } = legendOf(state.hall, filter);
  const isMixed = categories.length > 1;
  // The colours of categories are those of free seats.
  const looks = LOOKS.filter(([look]) => look !== 'free' || !isMixed).map(([look, name]) => {
    const shape = svg('path', { class: `seat ${look}`, d: SHAPES[look] });
    if (look === 'free') shape.style.fill = state.hall.categories[0]?.color ?? '';
    const entry = element('li', {},
      svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' }, shape), text(name));
    entry.dataset.legend = look;
    return entry;
  });
  byId('legend').replaceChildren(...(isMixed ? categories : []), ...looks, ...marks);
  countInLegend(state);
}

/** Most events have no blocked seats, and need no entry for them. */
export function countInLegend(state) {
  byId('legend').querySelector('[data-legend=blocked]').hidden =
    state.sections.every(({ counts }) => counts.blocked === 0);
}
