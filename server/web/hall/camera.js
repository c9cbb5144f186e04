// Which part of the map is visible, and at which scale. `moved` is called after every move.

/** Pixels a unit at the closest: a seat is then 44 pixels wide, the size of a touch target. */
export const CLOSEST = 4.4;
/** The scale at which a small map stops to grow with the screen. */
const LARGEST_WHOLE = 2.8;
/** Pixels between the map and the screen's edge. */
const EDGE = 24;

export class Camera {
  /** Pixels a unit. */
  scale = 1;
  /** The map's origin on the screen, in pixels. */
  x = 0;
  y = 0;
  /** The screen's size in pixels. */
  width = 1;
  height = 1;
  #layout = { width: 1, height: 1 };
  #moved;
  #largest;

  /** A small map grows with the screen up to the scale `largest`. */
  constructor(moved, largest = LARGEST_WHOLE) {
    this.#moved = moved;
    this.#largest = largest;
  }

  /** Turns to another map, and shows all of it. */
  lookAt(layout) {
    this.#layout = layout;
    this.showAll();
  }

  /** The screen has another size. A view of everything stays one. */
  resize(width, height) {
    const sawAll = this.scale <= this.whole * 1.001;
    this.width = width;
    this.height = height;
    if (sawAll) this.showAll();
    else this.#settle();
  }

  showAll() {
    this.scale = this.whole;
    this.x = (this.width - this.#layout.width * this.scale) / 2;
    this.y = (this.height - this.#layout.height * this.scale) / 2;
    this.#settle();
  }

  /** Moves the map by these pixels. */
  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.#settle();
  }

  /** Zooms by a factor. The point under these pixels stays there, unless the map would leave. */
  zoom(factor, px = this.width / 2, py = this.height / 2) {
    const scale = Math.min(CLOSEST, Math.max(this.whole, this.scale * factor));
    const { x, y } = this.toMap(px, py);
    this.scale = scale;
    this.x = px - x * scale;
    this.y = py - y * scale;
    this.#settle();
  }

  /** Brings a point of the map to the middle, at this scale or a larger one. */
  centre(x, y, scale = this.scale) {
    this.scale = Math.min(CLOSEST, Math.max(this.scale, scale));
    this.x = this.width / 2 - x * this.scale;
    this.y = this.height / 2 - y * this.scale;
    this.#settle();
  }

  /** Shows all of a box: left, top, right, bottom. */
  show([left, top, right, bottom]) {
    const room = (size) => Math.max(1, size - 2 * EDGE);
    const fits = Math.min(room(this.width) / (right - left), room(this.height) / (bottom - top));
    this.scale = this.whole;
    this.centre((left + right) / 2, (top + bottom) / 2, fits);
  }

  /** Pans as little as makes a box visible, with this much room around it in pixels. */
  reveal({ x, y, width, height }, room = 40) {
    const [left, top] = [x * this.scale + this.x, y * this.scale + this.y];
    const [right, bottom] = [left + width * this.scale, top + height * this.scale];
    const shift = (low, high, size) =>
      (low < room ? room - low : high > size - room ? size - room - high : 0);
    const [dx, dy] = [shift(left, right, this.width), shift(top, bottom, this.height)];
    if (dx !== 0 || dy !== 0) this.pan(dx, dy);
  }

  /** The point of the map under these pixels. */
  toMap(px, py) {
    return { x: (px - this.x) / this.scale, y: (py - this.y) / this.scale };
  }

  /** The visible box of the map. */
  visible() {
    const { x, y } = this.toMap(0, 0);
    return { left: x, top: y, right: x + this.width / this.scale,
      bottom: y + this.height / this.scale };
  }

  /** The scale at which the whole map fits on the screen. */
  get whole() {
    const wide = (this.width - 2 * EDGE) / this.#layout.width;
    const high = (this.height - 2 * EDGE) / this.#layout.height;
    return Math.min(this.#largest, Math.max(0.001, Math.min(wide, high)));
  }

  /** Keeps the map on the screen: centred where it is smaller, without a gap where it is larger. */
  #settle() {
    const within = (at, size, screen) => {
      const room = screen - size;
      return room >= 2 * EDGE ? room / 2 : Math.min(EDGE, Math.max(room - EDGE, at));
    };
    this.x = within(this.x, this.#layout.width * this.scale, this.width);
    this.y = within(this.y, this.#layout.height * this.scale, this.height);
    this.#moved();
  }
}
