// Gestures of fingers, mouse and wheel that pan and zoom the map. A press that moves is a drag; any
// other press becomes a click.

/** A press that moves further than this is a drag. */
const DRAG_PX = 6;
/** The exponent of the zoom for each pixel that the wheel scrolls. */
const WHEEL = 0.0016;

/**
 * Lets gestures on `surface` move `camera`. Returns `press`, which tells a click whether its press
 * was a drag or a touch, and `position`, which gives an event's place on the surface.
 */
export function listenToGestures(surface, camera) {
  const pointers = new Map();
  const press = { dragged: false, touch: false };

  const position = (event) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  surface.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    if (pointers.size === 0) press.dragged = false;
    press.touch = event.pointerType === 'touch';
    pointers.set(event.pointerId, { now: position(event), start: position(event) });
  });

  surface.addEventListener('pointermove', (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const before = pointer.now;
    const now = position(event);
    if (!press.dragged && !isFar(pointer.start, now)) return;
    if (!press.dragged) {
      press.dragged = true;
      surface.classList.add('dragging');
      surface.setPointerCapture(event.pointerId);
    }
    pointer.now = now;
    const other = [...pointers.entries()].find(([id]) => id !== event.pointerId)?.[1].now;
    if (other) pinch(camera, before, now, other);
    else camera.pan(now.x - before.x, now.y - before.y);
  });

  for (const end of ['pointerup', 'pointercancel']) {
    surface.addEventListener(end, (event) => {
      pointers.delete(event.pointerId);
      if (pointers.size === 0) surface.classList.remove('dragging');
    });
  }

  surface.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { x, y } = position(event);
    const lines = event.deltaMode === 1 ? 20 : 1;
    const step = Math.max(-240, Math.min(240, event.deltaY * lines * (event.ctrlKey ? 6 : 1)));
    camera.zoom(Math.exp(-step * WHEEL), x, y);
  }, { passive: false });

  return { press, position };
}

const isFar = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) > DRAG_PX;

function pinch(camera, before, now, other) {
  const distance = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
  camera.zoom(distance(now) / distance(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
}
