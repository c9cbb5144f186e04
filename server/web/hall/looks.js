// How seats look that are not free: held, sold, blocked, or the visitor's own. Looks differ in
// shape as well as in colour, for people who see few colours.

/** Whether a seat of this look is the visitor's: chosen, or held and booked. */
export const isOwn = (look) => look === 'chosen' || look === 'mine';

/** The colour of a look from afar, where all that is another's is alike. */
export const distantColor = (look, theme) =>
  ({ chosen: theme.mine, mine: theme.good }[look] ?? theme.sold);

/**
 * Draws the seats from `from` to `end`, which all look alike: `{from, end, radius, look, isSquare,
 * isSmall, theme}`. A small seat has no details.
 */
export function drawLook(context, hall, seats) {
  if (isOwn(seats.look)) drawOwn(context, hall, seats);
  else if (seats.isSmall) drawDots(context, hall, seats);
  else drawTaken(context, hall, seats);
}

/** A full seat with a tick. */
function drawOwn(context, hall, seats) {
  const { radius, look, isSmall, theme } = seats;
  context.fillStyle = look === 'mine' ? theme.good : theme.mine;
  trace(context, hall, seats, seats.isSquare ? square : circle, radius);
  context.fill();
  if (isSmall) return;
  context.strokeStyle = theme.paper;
  context.lineWidth = 0.3 * radius;
  trace(context, hall, seats, tick, radius);
  context.stroke();
}

function drawDots(context, hall, seats) {
  context.fillStyle = distantColor(seats.look, seats.theme);
  trace(context, hall, seats, square, 0.5 * seats.radius);
  context.fill();
}

/** A ring where a seat is held, a cross where it is sold, a dash where it is not for sale. */
function drawTaken(context, hall, seats) {
  const { radius, look, theme } = seats;
  context.strokeStyle = theme[look];
  context.lineWidth = 0.32 * radius;
  context.lineCap = 'round';
  const shape = { held: circle, sold: cross, blocked: dash }[look];
  trace(context, hall, seats, shape, (look === 'held' ? 0.72 : 0.5) * radius);
  context.stroke();
}

function trace(context, { x, y }, { from, end }, shape, reach) {
  context.beginPath();
  for (let seat = from; seat < end; seat += 1) shape(context, x[seat], y[seat], reach);
}

const square = (context, x, y, reach) => context.rect(x - reach, y - reach, 2 * reach, 2 * reach);

function circle(context, x, y, reach) {
  context.moveTo(x + reach, y);
  context.arc(x, y, reach, 0, 2 * Math.PI);
}

function cross(context, x, y, reach) {
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
}

function dash(context, x, y, reach) {
  context.moveTo(x - reach, y);
  context.lineTo(x + reach, y);
}

function tick(context, x, y, reach) {
  context.moveTo(x - 0.45 * reach, y + 0.05 * reach);
  context.lineTo(x - 0.1 * reach, y + 0.38 * reach);
  context.lineTo(x + 0.48 * reach, y - 0.34 * reach);
}
