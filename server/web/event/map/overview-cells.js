// The cells of the overview: each stands for some seats of some rows, and has a shade that says how
// many of them are free.

import { FREE } from '../state/event-state.js';
import { PITCH } from './layout.js';

/** A cell is at least this large on the screen, in pixels. */
const CELL_WIDTH = 10;
const CELL_HEIGHT = 5;
/** The shades from full to free, and the shade of a cell with a seat of the visitor's. */
export const FREEST = 4;
export const MINE = 5;

/** How many seats wide and how many rows high a cell is at this scale. */
export function cellSize(scale) {
  return { across: powerOfTwo(CELL_WIDTH / (PITCH * scale)),
    along: powerOfTwo(CELL_HEIGHT / (PITCH * scale)) };
}

/**
 * The cells of a band of rows: `{from, to, seats, free, mine}`, where `from` and `to` are columns
 * of the block, `to` excluded. `indent` gives the column of a row's first seat.
 */
export function cellsOf({ rows, indent, across, state, overlay }) {
  const cells = new Map();
  for (const row of rows) {
    for (let number = 0; number < row.seats; number += 1) {
      const column = indent(row) + number;
      const index = Math.floor(column / across);
      let cell = cells.get(index);
      if (!cell) {
        cell = { from: column, to: column + 1, seats: 0, free: 0, mine: 0 };
        cells.set(index, cell);
      }
      const seat = row.first + number;
      cell.from = Math.min(cell.from, column);
      cell.to = Math.max(cell.to, column + 1);
      cell.seats += 1;
      if (state.seatStates[seat] === FREE) cell.free += 1;
      if (overlay.isOwn(seat)) cell.mine += 1;
    }
  }
  return [...cells.values()];
}

/** The shade of a cell: 0 where nothing is free, to `FREEST`; or `MINE`. */
export function shadeOf({ seats, free, mine }) {
  if (mine > 0) return MINE;
  return free === 0 ? 0 : Math.min(FREEST, 1 + Math.floor((free / seats) * 4));
}

const powerOfTwo = (least) => 2 ** Math.max(0, Math.ceil(Math.log2(least)));
