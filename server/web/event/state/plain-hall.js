// The hall of an event without a plan: lettered straight rows, numbered seats. Each section is a
// block; blocks stand on shelves behind each other, in the event's order from the front.

import { Hall, LONELY } from '../../hall/hall.js';
import { text } from '../../shared/text.js';
import { lettersOf } from './labels.js';

/** Room above a block for its name, beside its rows, and between blocks; in seats. */
const TITLE = 2.4;
const MARGIN = 1.6;
const GAP = 0.8;
/** Room around everything, in the hall's units. */
const EDGE = 2;
const STANDING = { width: 20, height: 5.6 };
/** Up to so many blocks stand one behind the other, as in a theatre. */
const FEW = 4;
/** The wanted ratio of width to height where there are more. */
const ASPECT = 1.6;
/** The colours of the bar that marks the front, on a light screen. */
const FRONT = { color: '#d8dde4', ink: '#59626f' };

/** The hall of a snapshot that names no plan. */
export const plainHall = ({ sections }) => new Hall(plainDrawing(sections), EDGE);

/** What the server would say of such a hall. */
function plainDrawing(sections) {
  const blocks = sections.map(blockOf);
  const { width, front } = arrange(blocks);
  const lengths = [...new Set(blocks.flatMap(({ rows }) => rows))];
  const numbers = Array.from({ length: Math.max(0, ...lengths) }, (_, seat) => String(seat + 1));
  return {
    name: '', categories: [{ name: '' }], shapes: [frontOf(width, front)],
    labels: lengths.map((seats) => numbers.slice(0, seats)),
    sections: blocks.map((block) => ({
      name: block.name, category: 0, outline: outlineOf(block), capacity: block.capacity,
      rows: block.rows.map((seats, number) => ({
        label: lettersOf(number), labels: lengths.indexOf(seats), category: 0,
        points: pointsOf(block, seats, number),
      })),
    })),
  };
}

/** A section's block with its size, before it has a place. */
function blockOf({ section: name, kind, capacity, rows = [] }) {
  const lengths = rows.map(({ seats }) => seats.length);
  if (kind === 'standing') return { name, capacity, rows: lengths, ...STANDING };
  const longest = lengths.reduce((most, seats) => Math.max(most, seats), 0);
  return { name, rows: lengths, width: longest + 2 * MARGIN, height: lengths.length + MARGIN };
}

/** Puts blocks on shelves. Returns the width of all, and the height of the front. */
function arrange(blocks) {
  const area = blocks.reduce((sum, { width, height }) => sum + width * height, 0);
  const widest = Math.max(...blocks.map(({ width }) => width));
  const limit = blocks.length <= FEW ? 0 : Math.max(widest, Math.sqrt(area * ASPECT) * 1.1);
  const shelves = [];
  let used = Infinity;
  for (const block of blocks) {
    if (used + GAP + block.width > limit) {
      shelves.push([]);
      used = -GAP;
    }
    shelves.at(-1).push(block);
    used += GAP + block.width;
  }
  const long = (shelf) => shelf.reduce((sum, { width }) => sum + width + GAP, -GAP);
  const width = Math.max(...shelves.map(long));
  const front = 0.8 + width / 50;
  let y = front + GAP;
  for (const shelf of shelves) {
    let x = (width - long(shelf)) / 2;
    y += shelf.every(({ capacity }) => capacity !== undefined) ? GAP : TITLE;
    for (const block of shelf) {
      Object.assign(block, { x, y });
      x += block.width + GAP;
    }
    y += Math.max(...shelf.map(({ height }) => height)) + GAP;
  }
  return { width, front };
}

/** The first seat of a row, and the way from each to the next. Rows are centred. */
function pointsOf({ x, y, width }, seats, number) {
  const first = [x + (width - seats + 1) / 2, y + MARGIN / 2 + number + 0.5];
  const steps = Array.from({ length: seats - 1 }, () => [LONELY, 0]);
  return [...first.map((at) => at * LONELY), ...steps.flat()];
}

const outlineOf = ({ x, y, width, height }) =>
  [x, y, x + width, y, x + width, y + height, x, y + height].map((at) => at * LONELY);

function frontOf(all, height) {
  const width = Math.max(5, all * 0.4);
  const bar = { x: (all - width) / 2, y: 0, width, height };
  return { polygon: outlineOf(bar), color: FRONT.color,
    text: { text: text('front'), at: [(all / 2) * LONELY, (height / 2) * LONELY],
      size: height * 0.6 * LONELY, color: FRONT.ink } };
}
