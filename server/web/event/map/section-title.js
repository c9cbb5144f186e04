// Where and how large the title of a block is, and how much of it there is room for. Near, it
// stands above the block. From afar it stands over the block's middle, with the free places below
// it. A text too small to read is left out.

/** A title's size: in pixels, at most in units of the map, and the smallest that can be read. */
const TITLE_PX = 14;
const TITLE_UNITS = 18;
const SMALLEST_PX = 8;
/** From one line to the next, as a multiple of the title's size. */
const LINE = 1.3;
/** The size of the second line, as a share of the title's. */
const SECOND = 0.85;
/** Room at the sides of a line, and how much of it the plate behind the text covers. */
const SIDES = 1;
const PLATE_SIDES = 0.8;

/**
 * Lays out a title: the first of `texts` that has room, or as much of the last one as has. `second`
 * is the line below it; `widthOf` measures a text of size 1.
 */
export function layOutTitle({ block, texts, second, scale, widthOf }) {
  const isAbove = !block.section.standing && TITLE_PX / scale <= TITLE_UNITS;
  const secondWidth = widthOf(second) * SECOND;
  const { lines, size } = isAbove ? { lines: 1, size: sizeIn(block, scale, Infinity) }
    : fittingLines(block, scale, secondWidth);
  const text = lines === 0 ? '' : fittingText(texts, block.width / size - SIDES, widthOf);
  const x = block.x + block.width / 2;
  const top = block.y + (block.height - lines * LINE * size) / 2;
  const y = isAbove ? block.y - size * 0.5 : top + size;
  const widest = Math.max(widthOf(text), lines > 1 ? secondWidth : 0);
  const width = text && !isAbove ? (widest + PLATE_SIDES) * size : 0;
  return {
    isAbove, hasSecond: text !== '' && lines > 1,
    title: { text, x, y, size },
    second: { x, y: y + size * 1.15, size: size * SECOND },
    plate: { x: x - width / 2, y: top, width, height: lines * LINE * size, rx: size * 0.4 },
  };
}

/** The largest size of a line that a block allows, at most this high. */
const sizeIn = (block, scale, height) =>
  Math.min(TITLE_PX / scale, Math.max(TITLE_UNITS, block.width / 6), height);

/** How many lines can be read over a block, and their size. */
function fittingLines(block, scale, secondWidth) {
  for (const [lines, width] of [[2, secondWidth], [1, 0]]) {
    const size = sizeIn(block, scale, block.height / (lines * LINE));
    if (size * scale >= SMALLEST_PX && width <= block.width / size - SIDES) return { lines, size };
  }
  return { lines: 0, size: 0 };
}

function fittingText(texts, room, widthOf) {
  const whole = texts.find((text) => widthOf(text) <= room);
  if (whole !== undefined) return whole;
  const letters = [...texts.at(-1)];
  while (letters.length > 0 && widthOf(`${letters.join('')}…`) > room) letters.pop();
  return letters.length > 1 ? `${letters.join('')}…` : '';
}
