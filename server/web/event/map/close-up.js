// Seats, drawn one by one: only those that are seen. A seat is a cell of its section's grid, which
// tells whoever listens how many there are, though few are drawn.

import { svg } from '../../shared/dom.js';
import { PITCH } from './layout.js';
import { describeSeat, sectionTitle } from '../descriptions.js';

/** How each look is drawn, in a box of ten by ten. Every one has its own shape. */
export const SHAPES = {
  free: rounded(1, 2.2),
  held: rounded(1.8, 1.6),
  sold: 'M3 3L7 7M7 3L3 7',
  blocked: 'M3.2 5H6.8',
};
SHAPES.chosen = `${SHAPES.free}M4.4 7.6L2.2 5.4L3.2 4.4L4.4 5.6L6.8 3L7.9 4Z`;
SHAPES.mine = SHAPES.chosen;

/** Seats around the seen ones that are drawn as well, so that small moves draw nothing. */
const BEYOND = 4;

export class CloseUp {
  #state;
  #layout;
  #overlay;
  #currency;
  /** The grid of each section, the row and seat elements that are drawn. */
  #grids = new Map();
  #rows = new Map();
  #nodes = new Map();
  #tabStop;

  /** `overlay` says how a seat looks; `parents` has an element for each section. */
  constructor({ state, layout, overlay, currency, parents }) {
    this.#state = state;
    this.#layout = layout;
    this.#overlay = overlay;
    this.#currency = currency;
    for (const section of state.seated) this.#grids.set(section, this.#grid(section, parents));
  }

  /** The seats of each row that are seen: `[row, from, to]`. */
  static *seen(layout, { left, top, right, bottom }, beyond = 0) {
    for (const { section } of layout.blocks) {
      const { rows } = section;
      if (rows.length === 0) continue;
      const first = layout.rowTop(rows[0]);
      const begin = Math.max(0, Math.floor((top - first) / PITCH) - beyond);
      const end = Math.min(rows.length, Math.ceil((bottom - first) / PITCH) + beyond);
      for (let index = begin; index < end; index += 1) {
        const row = rows[index];
        const from = Math.max(0, Math.floor((left - layout.rowLeft(row)) / PITCH) - beyond);
        const to = Math.min(row.seats, Math.ceil((right - layout.rowLeft(row)) / PITCH) + beyond);
        if (from < to) yield [row, from, to];
      }
    }
  }

  /** Draws the seats that are seen, and drops those that are not; `keep` stays in any case. */
  draw(seen, keep) {
    const wanted = new Map();
    for (const [row, from, to] of CloseUp.seen(this.#layout, seen, BEYOND)) {
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

  /** Draws these seats as they look now. */
  patch(seats) {
    for (const seat of seats) {
      const node = this.#nodes.get(seat);
      if (node) this.#dress(node, seat);
    }
  }

  /** Drops everything. */
  clear() {
    for (const element of this.#rows.values()) element.remove();
    this.#rows.clear();
    this.#nodes.clear();
  }

  /** The element of a seat, if it is drawn. */
  node(seat) {
    return this.#nodes.get(seat);
  }

  /** The one seat that the Tab key comes to. */
  setTabStop(seat) {
    this.#nodes.get(this.#tabStop)?.setAttribute('tabindex', '-1');
    this.#nodes.get(seat)?.setAttribute('tabindex', '0');
    this.#tabStop = seat;
  }

  #grid(section, parents) {
    const widest = Math.max(...section.rows.map((row) => row.seats));
    const grid = svg('g', {
      role: 'grid', 'aria-label': sectionTitle(section, this.#currency),
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
    const x = this.#layout.rowLeft(row) + (seat - row.first) * PITCH;
    const node = svg('path', {
      transform: `translate(${x} ${this.#layout.rowTop(row)})`, role: 'gridcell',
      'aria-colindex': seat - row.first + 1, tabindex: seat === this.#tabStop ? 0 : -1,
    });
    node.dataset.seat = this.#state.label(seat);
    this.#nodes.set(seat, node);
    this.#dress(node, seat);
    return node;
  }

  #dress(node, seat) {
    const look = this.#overlay.look(seat);
    if (node.dataset.look === look) return;
    node.dataset.look = look;
    node.setAttribute('class', `seat ${look}`);
    node.setAttribute('d', SHAPES[look]);
    node.setAttribute('aria-label', describeSeat(this.#state, seat, look, this.#currency));
    const isMine = look === 'chosen' || look === 'mine';
    if (isMine) node.setAttribute('aria-selected', 'true');
    else node.removeAttribute('aria-selected');
    if (look === 'free' || isMine) node.removeAttribute('aria-disabled');
    else node.setAttribute('aria-disabled', 'true');
  }
}

/** A square with this much room around it, and corners of this radius. */
function rounded(room, radius) {
  const side = 10 - 2 * (room + radius);
  const corner = (x, y) => `a${radius} ${radius} 0 0 1 ${x * radius} ${y * radius}`;
  return `M${room + radius} ${room}h${side}${corner(1, 1)}v${side}${corner(-1, 1)}`
    + `h${-side}${corner(-1, -1)}v${-side}${corner(1, -1)}z`;
}
