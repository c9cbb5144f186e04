// Which free seats are nearest to seats that somebody else got.

import { FREE } from './event-state.js';

/** Moving one row is as far as moving two seats: people want to stay beside each other. */
const ROW = 2;

/**
 * As many free seats as were lost, each near one that was, none of them in `taken`; fewer if the
 * sections have no more.
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

function nearestTo(state, seat, used) {
  const from = state.row(seat);
  const middle = (row) => (row.seats - 1) / 2;
  const place = seat - from.first - middle(from);
  let nearest;
  let least = Infinity;
  for (const row of from.section.rows) {
    const rows = Math.abs(row.number - from.number) * ROW;
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
