// Where sections, rows and seats are on the map, in units: a seat is ten units wide. Each section
// is a block; blocks stand on shelves behind each other, in the event's order from the front.

/** From one seat to the next, and from one row to the next. */
export const PITCH = 10;
/** Room above a block for its title, beside its rows for their letters, and between blocks. */
const TITLE = 24;
const MARGIN = 16;
const GAP = 8;
const STANDING = { width: 200, height: 56 };
/** Up to so many blocks stand one behind the other, as in a theatre. */
const FEW = 4;
/** The wanted ratio of width to height where there are more. */
const ASPECT = 1.6;

export class MapLayout {
  /** One a section, in the same order: `{section, x, y, width, height}`. */
  blocks;
  width = 0;
  height = 0;
  /** For each row, x of its first seat and y of its upper edge. */
  #left;
  #top;
  #state;

  constructor(state) {
    this.#state = state;
    this.blocks = state.sections.map(blockOf);
    this.#left = new Float64Array(state.rows.length);
    this.#top = new Float64Array(state.rows.length);
    this.#arrange();
    for (const block of this.blocks) this.#placeRows(block);
  }

  /** The bar that marks the front. */
  get front() {
    const width = Math.max(110, this.width * 0.4);
    return { x: (this.width - width) / 2, y: 0, width, height: 8 + this.width / 50 };
  }

  rowLeft(row) {
    return this.#left[row.index];
  }

  rowTop(row) {
    return this.#top[row.index];
  }

  /** The upper left corner of a seat. */
  corner(seat) {
    const row = this.#state.row(seat);
    return { x: this.rowLeft(row) + (seat - row.first) * PITCH, y: this.rowTop(row) };
  }

  /** The block at a point, its title included; undefined where there is none. */
  blockAt(x, y) {
    return this.blocks.find((block) => x >= block.x && x < block.x + block.width
      && y >= block.y - TITLE && y < block.y + block.height);
  }

  /** The seat at a point; undefined where there is none. */
  seatAt(x, y) {
    const block = this.blockAt(x, y);
    if (!block || block.section.standing) return undefined;
    const row = block.section.rows[Math.floor((y - block.y - MARGIN / 2) / PITCH)];
    const number = row ? Math.floor((x - this.rowLeft(row)) / PITCH) : -1;
    return row && number >= 0 && number < row.seats ? row.first + number : undefined;
  }

  /**
   * The seats that touch a box, and so many seats and rows beyond it: `[row, from, to]` for each
   * row, `to` excluded.
   */
  *seatsIn({ left, top, right, bottom }, beyond = 0) {
    for (const { section: { rows } } of this.blocks) {
      if (rows.length === 0) continue;
      const first = this.rowTop(rows[0]);
      const begin = Math.max(0, Math.floor((top - first) / PITCH) - beyond);
      const end = Math.min(rows.length, Math.ceil((bottom - first) / PITCH) + beyond);
      for (let index = begin; index < end; index += 1) {
        const row = rows[index];
        const from = Math.max(0, Math.floor((left - this.rowLeft(row)) / PITCH) - beyond);
        const to = Math.min(row.seats, Math.ceil((right - this.rowLeft(row)) / PITCH) + beyond);
        if (from < to) yield [row, from, to];
      }
    }
  }

  #arrange() {
    const few = this.blocks.length <= FEW;
    const area = this.blocks.reduce((sum, { width, height }) => sum + width * height, 0);
    const widest = Math.max(...this.blocks.map(({ width }) => width));
    const limit = few ? 0 : Math.max(widest, Math.sqrt(area * ASPECT) * 1.1);
    const shelves = [];
    let used = Infinity;
    for (const block of this.blocks) {
      if (used + GAP + block.width > limit) {
        shelves.push([]);
        used = -GAP;
      }
      shelves.at(-1).push(block);
      used += GAP + block.width;
    }
    this.#place(shelves);
  }

  #place(shelves) {
    const long = (shelf) => shelf.reduce((sum, { width }) => sum + width + GAP, -GAP);
    this.width = Math.max(...shelves.map(long));
    let y = this.front.height + GAP;
    for (const shelf of shelves) {
      let x = (this.width - long(shelf)) / 2;
      y += shelf.every(({ section }) => section.standing) ? GAP : TITLE;
      for (const block of shelf) {
        Object.assign(block, { x, y });
        x += block.width + GAP;
      }
      y += Math.max(...shelf.map(({ height }) => height)) + GAP;
    }
    this.height = y - GAP;
  }

  #placeRows({ section, x, y, width }) {
    for (const row of section.rows) {
      this.#left[row.index] = x + (width - row.seats * PITCH) / 2;
      this.#top[row.index] = y + MARGIN / 2 + row.number * PITCH;
    }
  }
}

/** A section's block with its size, before it has a place. */
function blockOf(section) {
  if (section.standing) return { section, x: 0, y: 0, ...STANDING };
  const seats = Math.max(...section.rows.map((row) => row.seats));
  const width = seats * PITCH + 2 * MARGIN;
  return { section, x: 0, y: 0, width, height: section.rows.length * PITCH + MARGIN };
}
