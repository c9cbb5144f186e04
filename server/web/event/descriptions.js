// Seats, sections and places described in words, for labels, tooltips and screen readers.

import { count, isolated, money } from '../shared/format.js';
import { text } from '../shared/text.js';

const LOOKS = {
  free: 'lookFree', held: 'lookHeld', sold: 'lookSold', blocked: 'lookBlocked',
  chosen: 'lookChosen', mine: 'lookMine',
};

/** A seat with its price and its look. `terms` have the currency, as everywhere below. */
export function describeSeat(state, seat, look, terms) {
  const row = state.row(seat);
  const place = text('rowAndSeat', { row: row.letters, seat: state.nameInRow(seat) });
  const section = row.section.prefix ? `${isolated(row.section.name)}, ` : '';
  return `${section}${place}, ${money(row.section.price, terms)}, ${text(LOOKS[look])}`;
}

/** A section with its price and its free places. */
export function describeSection(section, terms) {
  const { counts: { free }, capacity } = section;
  const places = text('freeOf', { free: count(free), capacity: count(capacity) });
  return `${sectionTitle(section, terms)}, ${places}`;
}

/** A section's name and price. */
export const sectionTitle = ({ name, price }, terms) =>
  `${isolated(name)} · ${money(price, terms)}`;
