// Keys that zoom and pan a map. Each function says whether the key was one of its own.

const ZOOM = 1.4;
/** How far an arrow key pans, as a share of the screen. */
const PAN = 0.2;

export function zoomByKey(camera, key) {
  const factor = { '+': ZOOM, '=': ZOOM, '-': 1 / ZOOM }[key];
  if (factor) camera.zoom(factor);
  else if (key === '0') camera.showAll();
  else return false;
  return true;
}

export function panByKey(camera, key) {
  const [x, y] = {
    ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN],
  }[key] ?? [];
  if (x === undefined) return false;
  camera.pan(x * camera.width, y * camera.height);
  return true;
}
