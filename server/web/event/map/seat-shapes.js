// The shape of a seat for each look, in a box of ten by ten units. Looks differ in shape as well as
// in colour, for people who see few colours.

const FREE = rounded(1, 2.2);
const TICKED = `${FREE}M4.4 7.6L2.2 5.4L3.2 4.4L4.4 5.6L6.8 3L7.9 4Z`;

/** SVG path data. */
export const SHAPES = {
  free: FREE,
  held: rounded(1.8, 1.6),
  sold: 'M3 3L7 7M7 3L3 7',
  blocked: 'M3.2 5H6.8',
  chosen: TICKED,
  mine: TICKED,
};

/** A square with this much room around it, and corners of this radius. */
function rounded(room, radius) {
  const side = 10 - 2 * (room + radius);
  const corner = (x, y) => `a${radius} ${radius} 0 0 1 ${x * radius} ${y * radius}`;
  return `M${room + radius} ${room}h${side}${corner(1, 1)}v${side}${corner(-1, 1)}`
    + `h${-side}${corner(-1, -1)}v${-side}${corner(1, -1)}z`;
}
