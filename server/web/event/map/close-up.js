// The map from near: seats one by one. Only the visible seats are elements of the page. For screen
// readers they are cells of their section's grid, which states how many rows and columns there are.

import { svg } from '../../shared/dom.js';
import { describeSeat, sectionTitle } from '../descriptions.js';
import { PITCH } from './layout.js';
import { SHAPES } from './seat-shapes.js';

/** Seats drawn beyond the visible ones, so that small moves draw nothing. */
const BEYOND = 4;

export class CloseUp {
  #state;
  #layout;
  #overlay;
  #terms;
  /** The grid of each section, and the elements of the rows and seats that are drawn. */
  #grids = new Map();
  #rows = new Map();
  #nodes = new Map();
  #tabStop;

  /** `parents` has an element for each section. */
  constructor({ state, layout, overlay, terms, parents }) {
    this.#state = state;
    this.#layout = layout;
    this.#overlay = overlay;
    this.#terms = terms;
    for (const section of state.seated) this.#grids.set(section, this.#grid(section, parents));
  }

  /** Draws the seats in this box and removes all others; the seat `keep` stays wherever it is. */
  draw(visible, keep) {
    const wanted = new Map();
    for (const [row, from, to] of this.#layout.seatsIn(visible, BEYOND)) {
      wanted.set(row, [row.first + from, row.first + to]);
    }
    for (const [seat, node] of this.#nodes) {
      const range = wanted.get(this.#state.row(seat));
      if (seat !== keep && !(range && seat >= range[0] && seat < range[1])) {
        node.remove();
        this.#nodes.delete(seat);
      }
    }
    for (const [row, element] of this.#rows) {
      if (!wanted.has(row) && this.#state.row(keep ?? 0) !== row) {
        element.remove();
        this.#rows.delete(row);
      }
    }
    for (const [row, [from, to]] of wanted) this.#drawRow(row, from, to);
  }

  /** Updates the looks of these seats. */
  patch(seats) {
    for (const seat of seats) {
      const node = this.#nodes.get(seat);
      if (node) this.#dress(node, seat);
    }
  }

  /** Removes all seats. */
  clear() {
    for (const element of this.#rows.values()) element.remove();
    this.#rows.clear();
    this.#nodes.clear();
  }

  /** The element of a seat; undefined if it is not drawn. */
  node(seat) {
    return this.#nodes.get(seat);
  }

  /** Makes a seat the only one that the Tab key reaches. */
  setTabStop(seat) {
    this.#nodes.get(this.#tabStop)?.setAttribute('tabindex', '-1');
    this.#nodes.get(seat)?.setAttribute('tabindex', '0');
    this.#tabStop = seat;
  }

  #grid(section, parents) {
    const widest = Math.max(...section.rows.map((row) => row.seats));
    const grid = svg('g', {
      role: 'grid', 'aria-label': sectionTitle(section, this.#terms),
      'aria-rowcount': section.rows.length, 'aria-colcount': widest,
      'aria-multiselectable': 'true',
    });
    parents.get(section).append(grid);
    return grid;
  }

  #drawRow(row, from, to) {
    let element = this.#rows.get(row);
    if (!element) {
      element = this.#newRow(row);
      this.#rows.set(row, element);
      this.#grids.get(row.section).append(element);
    }
    for (let seat = from; seat < to; seat += 1) {
      if (!this.#nodes.has(seat)) element.append(this.#newSeat(seat, row));
    }
  }

  #newRow(row) {
    const [left, top] = [this.#layout.rowLeft(row), this.#layout.rowTop(row)];
    const letters = (x) => {
      const text = svg('text', { x, y: top + 7, 'font-size': 6, 'aria-hidden': 'true' });
      text.textContent = row.letters;
      return text;
    };
    return svg('g', { role: 'row', 'aria-rowindex': row.number + 1 },
      letters(left - 7), letters(left + row.seats * PITCH + 7));
  }

  #newSeat(seat, row) {
    const { x, y } = this.#layout.corner(seat);
    const node = svg('path', {
      transform: `translate(${x} ${y})`, role: 'gridcell',
      'aria-colindex': seat - row.first + 1, tabindex: seat === this.#tabStop ? 0 : -1,
    });
    node.dataset.seat = this.#state.label(seat);
    this.#nodes.set(seat, node);
    this.#dress(node, seat);
    return node;
  }

  /** Gives a seat's element the shape, colour and words of its look. */
  #dress(node, seat) {
    const look = this.#overlay.look(seat);
    if (node.dataset.look === look) return;
    node.dataset.look = look;
    node.setAttribute('class', `seat ${look}`);
    node.setAttribute('d', SHAPES[look]);
    node.setAttribute('aria-label', describeSeat(this.#state, seat, look, this.#terms));
    const isOwn = look === 'chosen' || look === 'mine';
    if (isOwn) node.setAttribute('aria-selected', 'true');
    else node.removeAttribute('aria-selected');
    if (look === 'free' || isOwn) node.removeAttribute('aria-disabled');
    else node.setAttribute('aria-disabled', 'true');
  }
}
