// A hall in words.

import { count, isolated, listed } from '../shared/format.js';
import { text } from '../shared/text.js';
import { ACCESSIBLE, COMPANION } from '../hall/hall.js';
import { marksOf } from '../hall/marks.js';

/** What a seat is, for people. */
export function describeSeat(hall, seat) {
  const { section } = hall.row(seat);
  const category = hall.categories[hall.categoryOf[seat]].name;
  const place = `${isolated(section.name)} ${hall.label(seat)}`;
  return [place, category, ...marksOf(hall, seat)].join(' · ');
}

/** How large a section is, where it is, and which categories it has. */
export function describeSection(hall, { rows, capacity, category, floor }) {
  if (capacity !== undefined) {
    return [text('standingFor', { count: count(capacity) }), ...onFloor(floor)].join(' · ');
  }
  const seats = rows.reduce((sum, row) => sum + row.seats, 0);
  const categories = new Set();
  for (const row of rows) for (const seat of seatsOf(row)) categories.add(hall.categoryOf[seat]);
  const names = [...categories].map((number) => hall.categories[number].name);
  const named = names.length > 0 ? names.join(', ') : hall.categories[category].name;
  return [text('seatCount', { count: count(seats) }), named, ...onFloor(floor)].join(' · ');
}

/** The rows that have accessible seats: `{row, seats, companions}` with the numbers of both. */
export function accessibleRows(hall) {
  return hall.rows.flatMap((row) => {
    const numbers = (mark) => [...seatsOf(row)].filter((seat) => hall.marks[seat] & mark)
      .map((seat) => hall.number(seat));
    const seats = numbers(ACCESSIBLE);
    return seats.length > 0 ? [{ row, seats, companions: numbers(COMPANION) }] : [];
  });
}

/** The accessible seats of a row and those of their companions. */
export function describeAccessible({ row, seats, companions }) {
  const told = text('accessibleSeats', { row: row.label, seats: listed(seats) });
  return companions.length === 0 ? told
    : `${told} · ${text('companionSeats', { seats: listed(companions) })}`;
}

const onFloor = (floor) => (floor === undefined ? [] : [text('onFloor', { floor })]);

function* seatsOf({ first, seats }) {
  for (let seat = first; seat < first + seats; seat += 1) yield seat;
}
