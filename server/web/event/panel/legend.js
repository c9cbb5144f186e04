// The legend below the map.

import { byId, element, svg } from '../../shared/dom.js';
import { text } from '../../shared/text.js';
import { SHAPES } from '../map/seat-shapes.js';

const ENTRIES = [
  ['free', 'legendFree'], ['chosen', 'legendChosen'], ['mine', 'legendMine'],
  ['held', 'legendHeld'], ['sold', 'legendSold'], ['blocked', 'legendBlocked'],
];

/** Explains the looks of seats. Most events have no blocked seats, and need no entry for them. */
export function drawLegend(state) {
  const entry = ([look, name]) => element('li', {},
    svg('svg', { viewBox: '0 0 10 10', 'aria-hidden': 'true' },
      svg('path', { class: `seat ${look}`, d: SHAPES[look] })),
    text(name));
  const hasBlocked = state.sections.some(({ counts }) => counts.blocked > 0);
  const entries = ENTRIES.filter(([look]) => look !== 'blocked' || hasBlocked);
  const list = byId('legend');
  if (list.children.length !== entries.length) list.replaceChildren(...entries.map(entry));
}
