// The shapes of the looks for the legend, in a box of ten by ten units, as they are on the map.

const FREE = circle(4);
const TICKED = `${FREE}M4.5 7.3L2.4 5.2L3.3 4.3L4.4 5.4L6.7 2.8L7.7 3.7Z`;

/** SVG path data. */
export const SHAPES = {
  free: FREE,
  held: circle(3),
  sold: 'M3 3L7 7M7 3L3 7',
  blocked: 'M3.2 5H6.8',
  chosen: TICKED,
  mine: TICKED,
};

function circle(radius) {
  const half = (way) => `a${radius} ${radius} 0 0 1 ${way * 2 * radius} 0`;
  return `M${5 - radius} 5${half(1)}${half(-1)}z`;
}
