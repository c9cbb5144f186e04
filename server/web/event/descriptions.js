// Seats, sections and places described in words, for labels, tooltips and screen readers.

import { count, isolated, money } from '../shared/format.js';
import { text } from '../shared/text.js';

const LOOKS = {
  free: 'lookFree', held: 'lookHeld', sold: 'lookSold', blocked: 'lookBlocked',
  chosen: 'lookChosen', mine: 'lookMine',
};

/** A seat with its price and its look. */
export function describeSeat(state, seat, look, currency) {
  const row = state.row(seat);
  const place = text('rowAndSeat', { row: row.letters, seat: seat - row.first + 1 });
  const section = row.section.prefix ? `${isolated(row.section.name)}, ` : '';
  return `${section}${place}, ${money(row.section.price, currency)}, ${text(LOOKS[look])}`;
}

/** A section with its price and its free places. */
export function describeSection(section, currency) {
  const { counts: { free }, capacity } = section;
  const places = text('freeOf', { free: count(free), capacity: count(capacity) });
  return `${sectionTitle(section, currency)}, ${places}`;
}

/** A section's name and price. */
export const sectionTitle = ({ name, price }, currency) =>
  `${isolated(name)} · ${money(price, currency)}`;
