// From which seat to which seat the keys of the keyboard move.

import { FREE } from '../state/event-state.js';

/** Rows that Page Up and Page Down move over. */
const PAGE_ROWS = 5;

/** The seat that a key moves to; undefined if it is no key that moves. */
export function seatAfter(key, seat, state) {
  const row = state.row(seat);
  const along = (step) => Math.min(row.first + row.seats - 1, Math.max(row.first, seat + step));
  const across = (step) => seatAcross(seat, step, state);
  return {
    ArrowLeft: () => along(-1),
    ArrowRight: () => along(1),
    ArrowUp: () => across(-1),
    ArrowDown: () => across(1),
    PageUp: () => across(-PAGE_ROWS),
    PageDown: () => across(PAGE_ROWS),
    Home: () => row.first,
    End: () => row.first + row.seats - 1,
  }[key]?.();
}

/** The first free seat of these rows; their first seat if none is free. */
export function firstFree(rows, state) {
  for (const { first, seats } of rows) {
    const free = state.seatStates.subarray(first, first + seats).indexOf(FREE);
    if (free >= 0) return first + free;
  }
  return rows[0]?.first;
}

/** The nearest seat so many rows away, which may be of the next seated section. */
function seatAcross(seat, step, state) {
  const { x, y } = state.hall;
  const index = Math.min(state.rows.length - 1, Math.max(0, state.row(seat).index + step));
  const { first, seats } = state.rows[index];
  let [nearest, least] = [first, Infinity];
  for (let other = first; other < first + seats; other += 1) {
    const distance = Math.hypot(x[other] - x[seat], y[other] - y[seat]);
    if (distance < least) [nearest, least] = [other, distance];
  }
  return nearest;
}
