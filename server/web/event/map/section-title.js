// The title of a block: above it where it is large, over its middle where it is far away, with what
// is left below it; as much of it as there is room for, and nothing that could not be read.

import { say } from '../../shared/dom.js';
import { textWidth } from './text-width.js';

/** A title's size: in pixels, at most in units of the layout, and what can still be read. */
const TITLE_PX = 14;
const TITLE_UNITS = 18;
const LEAST_PX = 8;
/** From one line to the next, of a title's size. */
const LINE = 1.3;
/** What is left is written smaller than the title above it. */
const SMALLER = 0.85;
/** Room at the sides of a line, and how much of it is on its plate. */
const SIDES = 1;
const PLATE_SIDES = 0.8;

/** Writes the first of these texts that has room, or as much of the last one as has. */
export function write({ root, block, title, left, plate }, texts, scale) {
  const isApart = !block.section.standing && TITLE_PX / scale <= TITLE_UNITS;
  const second = textWidth(left.textContent) * SMALLER;
  const { lines, size } = isApart ? { lines: 1, size: sizeIn(block, scale, Infinity) }
    : fittingLines(block, scale, second);
  const text = lines === 0 ? '' : fittingText(texts, block.width / size - SIDES);
  const middle = block.x + block.width / 2;
  const top = block.y + (block.height - lines * LINE * size) / 2;
  const base = isApart ? block.y - size * 0.5 : top + size;
  say(title, text);
  set(title, { x: middle, y: base, 'font-size': size });
  set(left, { x: middle, y: base + size * 1.15, 'font-size': size * SMALLER });
  left.setAttribute('visibility', text && lines > 1 ? 'visible' : 'hidden');
  const widest = Math.max(textWidth(text), lines > 1 ? second : 0);
  const width = text && !isApart ? (widest + PLATE_SIDES) * size : 0;
  const height = lines * LINE * size;
  set(plate, { x: middle - width / 2, y: top, width, height, rx: size * 0.4 });
  root.classList.toggle('over', !isApart);
}

/** As large as a line of a block may be that is at most so high. */
const sizeIn = (block, scale, height) =>
  Math.min(TITLE_PX / scale, Math.max(TITLE_UNITS, block.width / 6), height);

/** How many lines over a block can be read, and how large they are; the second one is so wide. */
function fittingLines(block, scale, second) {
  for (const [lines, width] of [[2, second], [1, 0]]) {
    const size = sizeIn(block, scale, block.height / (lines * LINE));
    if (size * scale >= LEAST_PX && width <= block.width / size - SIDES) return { lines, size };
  }
  return { lines: 0, size: 0 };
}

function fittingText(texts, room) {
  const whole = texts.find((text) => textWidth(text) <= room);
  if (whole !== undefined) return whole;
  const letters = [...texts.at(-1)];
  while (letters.length > 0 && textWidth(`${letters.join('')}…`) > room) letters.pop();
  return letters.length > 1 ? `${letters.join('')}…` : '';
}

function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}
