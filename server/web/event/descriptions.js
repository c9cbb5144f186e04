// Seats, sections and places described in words, for labels, tooltips and screen readers.

import { marksOf } from '../hall/marks.js';
import { count, isolated, money } from '../shared/format.js';
import { text } from '../shared/text.js';

const LOOKS = {
  free: 'lookFree', held: 'lookHeld', sold: 'lookSold', blocked: 'lookBlocked',
  chosen: 'lookChosen', mine: 'lookMine',
};

/**
 * A seat with its category, its price, what is special about it, and its look. `terms` have the
 * currency, as everywhere below.
 */
export function describeSeat(state, seat, look, terms) {
  const { section, label } = state.row(seat);
  const { hall } = state;
  const place = text('rowAndSeat', { row: label, seat: hall.number(seat) });
  const category = hall.categories[hall.categoryOf[seat]].name;
  return [
    ...(section.prefix ? [isolated(section.name)] : []), place,
    ...(hall.categories.length > 1 ? [category] : []), money(section.price, terms),
    ...marksOf(hall, seat), text(LOOKS[look]),
  ].join(', ');
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
