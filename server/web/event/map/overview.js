// The map from afar: bars of cells, the thicker and the bluer the more seats are free. A band of
// rows is a few paths, one a shade; a change redraws the bands of its seats only.

import { svg } from '../../shared/dom.js';
import { PITCH } from './layout.js';
import { cellSize, cellsOf, shadeOf } from './overview-cells.js';

/** The CSS class of each shade. */
const SHADES = ['shade-0', 'shade-1', 'shade-2', 'shade-3', 'shade-4', 'shade-mine'];
/** How thick a cell of each shade is, as a share of its height. */
const THICKNESS = [0.3, 0.55, 0.75, 0.9, 1, 1];

export class Overview {
  #state;
  #layout;
  #overlay;
  #parents;
  #bands = new Map();
  /** Seats and rows of a cell. */
  #across = 0;
  #along = 0;

  /** `parents` has an element for each section. */
  constructor({ state, layout, overlay, parents }) {
    this.#state = state;
    this.#layout = layout;
    this.#overlay = overlay;
    this.#parents = parents;
  }

  /** Draws the bands in this box at this scale, and removes all others. */
  draw(visible, scale) {
    const { across, along } = cellSize(scale);
    if (across !== this.#across || along !== this.#along) this.clear();
    this.#across = across;
    this.#along = along;
    const wanted = new Set();
    for (const block of this.#layout.blocks) this.#drawBlock(block, visible, wanted);
    for (const [key, band] of this.#bands) {
      if (wanted.has(key)) continue;
      band.element.remove();
      this.#bands.delete(key);
    }
  }

  /** Redraws the bands of these seats. */
  patch(seats) {
    const dirty = new Set();
    for (const seat of seats) {
      const { section, number } = this.#state.row(seat);
      const band = this.#bands.get(keyOf(section, Math.floor(number / this.#along)));
      if (band) dirty.add(band);
    }
    for (const band of dirty) this.#paint(band);
  }

  /** Removes all bands. */
  clear() {
    for (const { element } of this.#bands.values()) element.remove();
    this.#bands.clear();
  }

  #drawBlock({ section, x, y, width, height }, visible, wanted) {
    const isVisible = x < visible.right && x + width > visible.left
      && y <= visible.bottom && y + height >= visible.top;
    if (section.standing || !isVisible) return;
    const high = this.#along * PITCH;
    const begin = Math.max(0, Math.floor((visible.top - y) / high) - 1);
    const last = Math.ceil(section.rows.length / this.#along);
    const end = Math.min(last, Math.ceil((visible.bottom - y) / high) + 1);
    for (let index = begin; index < end; index += 1) {
      const key = keyOf(section, index);
      wanted.add(key);
      if (!this.#bands.has(key)) this.#bands.set(key, this.#newBand(section, index, x));
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
      const thick = (high - 1.5) * THICKNESS[shade];
      const [x, y] = [band.left + cell.from * PITCH + 1, top + (high - thick) / 2];
      const length = (cell.to - cell.from) * PITCH - 2;
      drawn[shade] += `M${x} ${y}h${length}v${thick}h${-length}z`;
    }
    for (const [shade, path] of band.paths.entries()) {
      if (band.drawn[shade] !== drawn[shade]) path.setAttribute('d', drawn[shade]);
    }
    band.drawn = drawn;
  }

  #cells({ rows, left }) {
    const indent = (row) => (this.#layout.rowLeft(row) - left) / PITCH;
    const [state, overlay, across] = [this.#state, this.#overlay, this.#across];
    return cellsOf({ rows, indent, across, state, overlay });
  }
}

const keyOf = (section, band) => `${section.index}/${band}`;
