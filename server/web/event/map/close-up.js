// The visible seats as elements, which lie over the drawn ones. For screen readers they are cells
// of their section's grid, which states how many rows and columns there are.

import { svg } from '../../shared/dom.js';
import { describeSeat, sectionTitle } from '../descriptions.js';

export class CloseUp {
  #state;
  #overlay;
  #terms;
  /** The grid of each section, and the elements of rows and seats. */
  #grids = new Map();
  #rows = new Map();
  #nodes = new Map();
  /** Seats that are still to get an element, the last one first. */
  #missing = [];
  #tabStop;

  /** `parents` has an element for each section. */
  constructor({ state, overlay, terms, parents }) {
    this.#state = state;
    this.#overlay = overlay;
    this.#terms = terms;
    for (const section of state.seated) this.#grids.set(section, this.#grid(section, parents));
  }

  /** Removes the elements of other seats; the seat `keep` stays wherever it is. */
  want(seats, keep) {
    const wanted = new Set(seats);
    if (keep !== undefined) wanted.add(keep);
    for (const [seat, node] of this.#nodes) {
      if (wanted.has(seat)) continue;
      node.remove();
      this.#nodes.delete(seat);
    }
    for (const [row, element] of this.#rows) {
      if (element.firstChild) continue;
      element.remove();
      this.#rows.delete(row);
    }
    this.#missing = [...wanted].filter((seat) => !this.#nodes.has(seat)).sort((a, b) => b - a);
  }

  /** Makes elements of wanted seats while there is time. Returns whether all are there. */
  work(isTimely) {
    while (this.#missing.length > 0) {
      if (!isTimely()) return false;
      for (let seats = 0; seats < 20 && this.#missing.length > 0; seats += 1) {
        this.make(this.#missing.pop());
      }
    }
    return true;
  }

  /** Makes the element of a seat. */
  make(seat) {
    if (this.#nodes.has(seat)) return;
    const row = this.#state.row(seat);
    let element = this.#rows.get(row);
    if (!element) {
      element = svg('g', { role: 'row', 'aria-rowindex': row.number + 1 });
      this.#rows.set(row, element);
      this.#grids.get(row.section).append(element);
    }
    element.append(this.#newSeat(seat, row));
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
    this.#missing = [];
  }

  /** The element of a seat; undefined if there is none. */
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
    const widest = section.rows.reduce((most, { seats }) => Math.max(most, seats), 0);
    const grid = svg('g', {
      role: 'grid', 'aria-label': sectionTitle(section, this.#terms),
      'aria-rowcount': section.rows.length, 'aria-colcount': widest,
      'aria-multiselectable': 'true',
    });
    parents.get(section).append(grid);
    return grid;
  }

  #newSeat(seat, row) {
    const { hall } = this.#state;
    const node = svg('circle', {
      cx: hall.x[seat].toFixed(2), cy: hall.y[seat].toFixed(2), r: hall.row(seat).radius.toFixed(2),
      role: 'gridcell', 'aria-colindex': seat - row.first + 1,
      tabindex: seat === this.#tabStop ? 0 : -1,
    });
    node.dataset.seat = this.#state.label(seat);
    this.#nodes.set(seat, node);
    this.#dress(node, seat);
    return node;
  }

  /** Gives a seat's element the words of its look. */
  #dress(node, seat) {
    const look = this.#overlay.look(seat);
    if (node.dataset.look === look) return;
    node.dataset.look = look;
    node.setAttribute('class', `spot ${look}`);
    node.setAttribute('aria-label', describeSeat(this.#state, seat, look, this.#terms));
    const isOwn = look === 'chosen' || look === 'mine';
    if (isOwn) node.setAttribute('aria-selected', 'true');
    else node.removeAttribute('aria-selected');
    if (look === 'free' || isOwn) node.removeAttribute('aria-disabled');
    else node.setAttribute('aria-disabled', 'true');
  }
}
