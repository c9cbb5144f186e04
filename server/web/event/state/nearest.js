// The nearest free seats, offered in place of seats that were lost to another customer.

import { FREE } from './event-state.js';

/** One row counts as much as two seats: groups prefer to sit side by side. */
const SEATS_A_ROW = 2;

/**
 * For each lost seat the nearest free one of its section. A seat is offered once, and none of
 * `taken` is. There are fewer if a section has no more.
 */
export function nearestFree(state, lost, taken) {
  const used = new Set(taken);
  const found = [];
  for (const seat of lost) {
    const nearest = nearestTo(state, seat, used);
    if (nearest !== undefined) {
      used.add(nearest);
      found.push(nearest);
    }
  }
  return found;
}

/** Distances along a row are measured from its middle: rows of all lengths are centred. */
function nearestTo(state, seat, used) {
  const from = state.row(seat);
  const middle = (row) => (row.seats - 1) / 2;
  const place = seat - from.first - middle(from);
  let nearest;
  let least = Infinity;
  for (const row of from.section.rows) {
    const rows = Math.abs(row.number - from.number) * SEATS_A_ROW;
    if (rows >= least) continue;
    for (let number = 0; number < row.seats; number += 1) {
      const distance = rows + Math.abs(number - middle(row) - place);
      const candidate = row.first + number;
      if (distance < least && state.seatStates[candidate] === FREE && !used.has(candidate)) {
        nearest = candidate;
        least = distance;
      }
    }
  }
  return nearest;
}
