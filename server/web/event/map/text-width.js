// How wide texts are, measured once and without a layout.

const widths = new Map();
let canvas;

/** The width of a title, of its letters' size. */
export function textWidth(text) {
  let width = widths.get(text);
  if (width === undefined) {
    width = ruler().measureText(text).width / 100;
    widths.set(text, width);
  }
  return width;
}

function ruler() {
  if (!canvas) {
    canvas = document.createElement('canvas').getContext('2d');
    canvas.font = `650 100px ${getComputedStyle(document.body).fontFamily}`;
  }
  return canvas;
}
