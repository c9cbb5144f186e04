// Colours and type of a drawing: those of the page, and those of a plan, which are made for light
// screens.

/** The font of all texts. */
export const FONT = 'system-ui, sans-serif';
/** Lightness of what is black and of what is white in a plan, on a dark screen. */
const DARKEST = 0.14;
const BRIGHTEST = 0.92;

/** The page's colours of seats: those without a category's colour, and those that are not free. */
const SEATS = ['free', 'held', 'sold', 'blocked', 'mine', 'good'];

/** The page's own colours where an element is: `{ink, paper, isDark}`, and those of seats. */
export function themeOf(surface, isDark) {
  const style = getComputedStyle(surface);
  const named = SEATS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return { ink: style.color, paper: style.backgroundColor, isDark, ...Object.fromEntries(named) };
}

/** A colour as a canvas says it, `#rrggbb` or `rgba(…)`; grey if it is none. */
export function canvasColor(context, color) {
  context.fillStyle = '#808080';
  context.fillStyle = color;
  return context.fillStyle;
}

/** A colour of a shape on this screen. On a dark one, light is dark and dark is light. */
export function shapeColor(color, { isDark }) {
  if (!isDark) return color;
  const { channels, alpha } = parse(color);
  const [least, most] = [Math.min(...channels), Math.max(...channels)];
  const lightness = (least + most) / 2;
  const mirrored = BRIGHTEST - lightness * (BRIGHTEST - DARKEST);
  const room = Math.min(mirrored, 1 - mirrored) / Math.max((most - least) / 2, 0.001);
  const moved = channels.map((channel) => mirrored + (channel - lightness) * Math.min(1, room));
  return `rgb(${moved.map((channel) => Math.round(channel * 255)).join(' ')} / ${alpha})`;
}

/** Black or white: whichever can be read on a colour. */
export const inkOn = (color) => (luminance(color) > 0.19 ? '#000' : '#fff');

/** Relative luminance (WCAG 2.2). */
function luminance(color) {
  const [red, green, blue] = parse(color).channels.map((channel) =>
    (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Red, green, blue and opacity, each from 0 to 1, of a color as a canvas says it. */
function parse(color) {
  if (!color.startsWith('#')) {
    const [red, green, blue, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue].map((channel) => channel / 255), alpha };
  }
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  return { channels, alpha: 1 };
}
