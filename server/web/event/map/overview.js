// The state from afar: rows as bars of cells, each some seats of some rows, in a shade (and as
// thick) as it is free. A band of cells is a few paths, and a change draws one band anew.

import { svg } from '../../shared/dom.js';
import { FREE } from '../state/event-state.js';
import { PITCH } from './layout.js';

/** A cell is at least this large on the screen, in pixels. */
const CELL_WIDTH = 10;
const CELL_HEIGHT = 5;
/** How thick a cell of each shade is, of what it could be. */
const THICKNESS = [0.3, 0.55, 0.75, 0.9, 1];
/** The shade of a cell that has a seat of the visitor's. */
const MINE = 5;
const SHADES = ['shade-0', 'shade-1', 'shade-2', 'shade-3', 'shade-4', 'shade-mine'];

export class Overview {
  #state;
  #layout;
  #overlay;
  #parents;
  #bands = new Map();
  /** Seats and rows of a cell. */
  #across = 0;
  #along = 0;

  constructor({ state, layout, overlay, parents }) {
    this.#state = state;
    this.#layout = layout;
    this.#overlay = overlay;
    this.#parents = parents;
  }

  /** Draws the bands that are seen at this scale. */
  draw(seen, scale) {
    const across = powerOfTwo(CELL_WIDTH / (PITCH * scale));
    const along = powerOfTwo(CELL_HEIGHT / (PITCH * scale));
    if (across !== this.#across || along !== this.#along) this.clear();
    this.#across = across;
    this.#along = along;
    const wanted = new Set();
    for (const block of this.#layout.blocks) this.#drawBlock(block, seen, wanted);
    for (const [key, band] of this.#bands) {
      if (wanted.has(key)) continue;
      band.element.remove();
      this.#bands.delete(key);
    }
  }

  /** Draws the bands of these seats as they are now. */
  patch(seats) {
    const dirty = new Set();
    for (const seat of seats) {
      const { section, number } = this.#state.row(seat);
      const band = this.#bands.get(key(section, Math.floor(number / this.#along)));
      if (band) dirty.add(band);
    }
    for (const band of dirty) this.#paint(band);
  }

  clear() {
    for (const { element } of this.#bands.values()) element.remove();
    this.#bands.clear();
  }

  #drawBlock({ section, x, y, width, height }, seen, wanted) {
    const isSeen = x < seen.right && x + width > seen.left;
    if (section.standing || !isSeen) return;
    const high = this.#along * PITCH;
    const begin = Math.max(0, Math.floor((seen.top - y) / high) - 1);
    const last = Math.ceil(section.rows.length / this.#along);
    const end = Math.min(last, Math.ceil((seen.bottom - y) / high) + 1);
    if (y + height < seen.top || y > seen.bottom) return;
    for (let index = begin; index < end; index += 1) {
      const name = key(section, index);
      wanted.add(name);
      if (!this.#bands.has(name)) this.#bands.set(name, this.#newBand(section, index, x));
    }
  }

  #newBand(section, index, left) {
    const paths = SHADES.map((shade) => svg('path', { class: shade }));
    const element = svg('g', { 'aria-hidden': 'true' }, ...paths);
    const rows = section.rows.slice(index * this.#along, (index + 1) * this.#along);
    const band = { element, paths, rows, left, drawn: SHADES.map(() => '') };
    this.#parents.get(section).append(element);
    this.#paint(band);
    return band;
  }

  #paint(band) {
    const drawn = SHADES.map(() => '');
    const high = band.rows.length * PITCH;
    const top = this.#layout.rowTop(band.rows[0]);
    for (const cell of this.#cells(band)) {
      const shade = shadeOf(cell);
      const thick = (high - 1.5) * (THICKNESS[shade] ?? 1);
      const [x, y] = [band.left + cell.from * PITCH + 1, top + (high - thick) / 2];
      const length = (cell.to - cell.from) * PITCH - 2;
      drawn[shade] += `M${x} ${y}h${length}v${thick}h${-length}z`;
    }
    for (const [shade, path] of band.paths.entries()) {
      if (band.drawn[shade] !== drawn[shade]) path.setAttribute('d', drawn[shade]);
    }
    band.drawn = drawn;
  }

  /** The cells from the left: the columns they span, their seats, how many are free or own. */
  #cells({ rows, left }) {
    const cells = new Map();
    for (const row of rows) {
      const indent = (this.#layout.rowLeft(row) - left) / PITCH;
      for (let number = 0; number < row.seats; number += 1) {
        const column = indent + number;
        const index = Math.floor(column / this.#across);
        let cell = cells.get(index);
        if (!cell) {
          cell = { from: column, to: column + 1, seats: 0, free: 0, mine: 0 };
          cells.set(index, cell);
        }
        const seat = row.first + number;
        cell.from = Math.min(cell.from, column);
        cell.to = Math.max(cell.to, column + 1);
        cell.seats += 1;
        if (this.#state.seatStates[seat] === FREE) cell.free += 1;
        if (this.#overlay.isOwn(seat)) cell.mine += 1;
      }
    }
    return cells.values();
  }
}

function shadeOf({ seats, free, mine }) {
  if (mine > 0) return MINE;
  return free === 0 ? 0 : Math.min(4, 1 + Math.floor((free / seats) * 4));
}

const powerOfTwo = (least) => 2 ** Math.max(0, Math.ceil(Math.log2(least)));

const key = (section, band) => `${section.index}/${band}`;
