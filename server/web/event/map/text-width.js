// The widths of texts, measured on a canvas: no layout of the page is needed, and each text is
// measured once.

const widths = new Map();
let canvas;

/** The width of a title whose letters have size 1. */
export function textWidth(text) {
  let width = widths.get(text);
  if (width === undefined) {
    width = measuringCanvas().measureText(text).width / 100;
    widths.set(text, width);
  }
  return width;
}

function measuringCanvas() {
  if (!canvas) {
    canvas = document.createElement('canvas').getContext('2d');
    canvas.font = `650 100px ${getComputedStyle(document.body).fontFamily}`;
  }
  return canvas;
}
