// The picture of a hall on the screen, made of tiles. Tiles are painted over several frames, those
// in the middle first. Until they are there, what was painted before is stretched to their place.

/** The side of a tile, in pixels of the canvas. */
const TILE = 256;
/** Milliseconds of a frame after which no other tile is begun. */
const BUDGET_MS = 4;
/** A layer is stretched up to so much while the camera zooms, before another one is painted. */
const STRETCH = 1.5;
/** Tiles around the visible ones that are painted in advance, and those that are kept. */
const AHEAD = 1;
const KEPT = 2;

export class Picture {
  #context;
  #painter;
  /** What is being painted at the wanted scale, and what was painted before. */
  #layer;
  #before;
  /** The whole hall, for wherever there is nothing else. */
  #whole;
  #lastScale;
  #spare = [];

  constructor(canvas, painter) {
    // Not opaque: before its first frame, and after a change of size, that would be black.
    this.#context = canvas.getContext('2d');
    this.#painter = painter;
  }

  /** What was painted is not what it should be. */
  repaint() {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole !== this.#layer && whole !== this.#before) this.#drop(whole);
    if (this.#layer) this.#layer.isOld = true;
  }

  /** What is in a box, in units, looks different: that part is painted again. */
  touch(box) {
    for (const layer of new Set([this.#layer, this.#before, this.#whole])) {
      if (!layer) continue;
      const side = TILE / layer.scale;
      const [left, top, right, bottom] = box.map((at) => Math.floor(at / side));
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) {
          const tile = layer.tiles.get(keyOf(column, row));
          if (tile) tile.stale = tile.stale ? around(tile.stale, box) : box;
        }
      }
    }
  }

  /**
   * Draws a frame. Returns whether it shows what it should, and whether more frames are wanted.
   * `ratio` is pixels of the canvas a pixel.
   */
  draw(camera, ratio, now = () => performance.now()) {
    const end = now() + BUDGET_MS;
    const scale = camera.scale * ratio;
    const isResting = scale === this.#lastScale;
    this.#lastScale = scale;
    this.#chooseLayer(camera, ratio, isResting);
    const view = viewOf(camera, ratio);
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.fillStyle = this.#painter.theme.paper;
    this.#context.fillRect(0, 0, this.#context.canvas.width, this.#context.canvas.height);
    const missing = this.#missing(this.#layer, view);
    if (missing.length > 0) {
      for (const layer of [this.#whole, this.#before]) if (layer) this.#show(layer, view);
    }
    this.#show(this.#layer, view);
    const isTimely = () => now() < end;
    const wanted = [...missing, ...this.#stale(this.#layer, view)];
    let isDone = this.#paint(this.#layer, wanted, view, isTimely);
    const isRight = isDone && !this.#layer.isOld && this.#layer.scale === scale;
    if (isRight) {
      this.#drop(this.#before);
      this.#before = undefined;
      isDone = isTimely() && this.#prepare(camera, ratio, view, isTimely);
    }
    return { isRight, isDone: isRight && isDone };
  }

  /** Begins another layer where the present one is not good any more. */
  #chooseLayer(camera, ratio, isResting) {
    const scale = camera.scale * ratio;
    const layer = this.#layer;
    if (!layer) {
      this.#layer = newLayer(scale, ratio);
      return;
    }
    const factor = Math.max(scale / layer.scale, layer.scale / scale);
    if (!layer.isOld && (factor === 1 || (!isResting && factor < STRETCH))) return;
    // What covers more of the screen stays below.
    const view = viewOf(camera, ratio);
    const isBetter = !this.#before
      || this.#missing(layer, view).length <= this.#missing(this.#before, view).length;
    if (isBetter) {
      this.#drop(this.#before);
      this.#before = layer;
    } else {
      this.#drop(layer);
    }
    const whole = this.#whole;
    this.#layer = whole?.scale === scale && whole !== layer ? whole : newLayer(scale, ratio);
  }

  /** Paints what may be seen next: tiles around the screen, and the whole hall. */
  #prepare(camera, ratio, view, isTimely) {
    const layer = this.#layer;
    const whole = this.#whole;
    if (whole !== layer && layer.scale <= camera.whole * ratio * 1.001) {
      this.#whole = layer;
      this.#drop(whole);
    }
    this.#forget(layer, view);
    const next = [...this.#missing(layer, view, AHEAD), ...this.#stale(layer)];
    if (!this.#paint(layer, next, undefined, isTimely)) return false;
    this.#whole ??= newLayer(camera.whole * ratio, ratio);
    const everything = { scale: this.#whole.scale, left: 0, top: 0,
      right: this.#painter.hall.width, bottom: this.#painter.hall.height };
    const wanted = [...this.#missing(this.#whole, everything), ...this.#stale(this.#whole)];
    return this.#paint(this.#whole, wanted, undefined, isTimely);
  }

  /** Paints tiles while there is time, at least one; those in `view` are drawn at once. */
  #paint(layer, tiles, view, isTimely) {
    if (!layer.names) {
      layer.names = this.#painter.names(layer.scale / layer.ratio);
      if (!isTimely()) return false;
    }
    for (const [index, [column, row]] of tiles.entries()) {
      if (index > 0 && !isTimely()) return false;
      const canvas = this.#paintTile(layer, column, row);
      if (view) this.#showTile(layer, view, column, row, canvas);
    }
    return true;
  }

  /** Paints a tile, or the stale part of one that is there. */
  #paintTile(layer, column, row) {
    const { scale, ratio, names } = layer;
    const known = layer.tiles.get(keyOf(column, row));
    const canvas = known?.canvas ?? this.#spare.pop() ?? newCanvas();
    const [left, top] = [column * TILE, row * TILE];
    const pixels = known ? partOf(known.stale, scale, left, top) : [0, 0, TILE, TILE];
    const at = (pixel, origin) => (pixel + origin) / scale;
    this.#painter.paint(canvas.getContext('2d', { alpha: false }), {
      scale, ratio, names, x: -left, y: -top, pixels,
      box: { left: at(pixels[0], left), top: at(pixels[1], top), right: at(pixels[2], left),
        bottom: at(pixels[3], top) },
    });
    layer.tiles.set(keyOf(column, row), { column, row, canvas });
    return canvas;
  }

  /** Tiles of a layer that are stale: those in a view, or all. */
  #stale(layer, view) {
    const side = TILE / layer.scale;
    const stale = [];
    for (const tile of layer.tiles.values()) {
      if (tile.stale && (!view || isSeen(tile, side, view))) stale.push([tile.column, tile.row]);
    }
    return stale;
  }

  /** Tiles of a layer that a view needs and that are not there, from the middle. */
  #missing(layer, { left, top, right, bottom }, around = 0) {
    const side = TILE / layer.scale;
    const { hall } = this.#painter;
    const [last, lowest] = [Math.ceil(hall.width / side), Math.ceil(hall.height / side)];
    const tiles = [];
    const [middleX, middleY] = [(left + right) / 2 / side - 0.5, (top + bottom) / 2 / side - 0.5];
    for (let row = Math.max(0, Math.floor(top / side) - around);
      row < Math.min(lowest, Math.ceil(bottom / side) + around); row += 1) {
      for (let column = Math.max(0, Math.floor(left / side) - around);
        column < Math.min(last, Math.ceil(right / side) + around); column += 1) {
        if (!layer.tiles.has(keyOf(column, row))) tiles.push([column, row]);
      }
    }
    const far = ([column, row]) => Math.hypot(column - middleX, row - middleY);
    return tiles.sort((one, other) => far(one) - far(other));
  }

  #show(layer, view) {
    const side = TILE / layer.scale;
    for (const tile of layer.tiles.values()) {
      if (!isSeen(tile, side, view)) continue;
      this.#showTile(layer, view, tile.column, tile.row, tile.canvas);
    }
  }

  /** Edges are on whole pixels, so that there is no seam between tiles. */
  #showTile(layer, { scale, x, y }, column, row, canvas) {
    const side = (TILE * scale) / layer.scale;
    const edge = (origin, index) => Math.round(origin + index * side);
    const [left, top] = [edge(x, column), edge(y, row)];
    const [right, bottom] = [edge(x, column + 1), edge(y, row + 1)];
    this.#context.drawImage(canvas, left, top, right - left, bottom - top);
  }

  /** Gives up tiles that are far from the screen. */
  #forget(layer, { left, top, right, bottom }) {
    if (layer === this.#whole) return;
    const side = TILE / layer.scale;
    const room = KEPT * side;
    for (const [key, { column, row, canvas }] of layer.tiles) {
      const isNear = (column + 1) * side > left - room && column * side < right + room
        && (row + 1) * side > top - room && row * side < bottom + room;
      if (isNear) continue;
      layer.tiles.delete(key);
      this.#spare.push(canvas);
    }
  }

  #drop(layer) {
    if (!layer || layer === this.#whole) return;
    for (const { canvas } of layer.tiles.values()) this.#spare.push(canvas);
    layer.tiles.clear();
  }
}

const newLayer = (scale, ratio) =>
  ({ scale, ratio, tiles: new Map(), names: undefined, isOld: false });

const keyOf = (column, row) => `${column}/${row}`;

const isSeen = ({ column, row }, side, { left, top, right, bottom }) =>
  (column + 1) * side > left && column * side < right
  && (row + 1) * side > top && row * side < bottom;

/** The box around two boxes. */
const around = (one, other) =>
  one.map((at, edge) => (edge < 2 ? Math.min(at, other[edge]) : Math.max(at, other[edge])));

/** The pixels of a tile that a box takes, with one more at each edge. */
function partOf([left, top, right, bottom], scale, x, y) {
  const within = (pixel) => Math.min(TILE, Math.max(0, pixel));
  return [Math.floor(left * scale - x) - 1, Math.floor(top * scale - y) - 1,
    Math.ceil(right * scale - x) + 1, Math.ceil(bottom * scale - y) + 1].map(within);
}

function newCanvas() {
  const canvas = document.createElement('canvas');
  canvas.width = TILE;
  canvas.height = TILE;
  return canvas;
}

/** The visible box of the hall, and where its origin is on the canvas. */
function viewOf(camera, ratio) {
  return { ...camera.visible(), scale: camera.scale * ratio, x: Math.round(camera.x * ratio),
    y: Math.round(camera.y * ratio) };
}
