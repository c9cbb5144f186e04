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
    // Opaque: nothing is below it.
    this.#context = canvas.getContext('2d', { alpha: false });
    this.#painter = painter;
  }

  /** What was painted is not what it should be. */
  repaint() {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole !== this.#layer && whole !== this.#before) this.#drop(whole);
    if (this.#layer) this.#layer.isOld = true;
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
    let isDone = this.#paint(this.#layer, missing, view, isTimely);
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
    if (!this.#paint(layer, this.#missing(layer, view, AHEAD), undefined, isTimely)) return false;
    this.#whole ??= newLayer(camera.whole * ratio, ratio);
    const everything = { scale: this.#whole.scale, left: 0, top: 0,
      right: this.#painter.hall.width, bottom: this.#painter.hall.height };
    return this.#paint(this.#whole, this.#missing(this.#whole, everything), undefined, isTimely);
  }

  /** Paints tiles while there is time, at least one; those in `view` are drawn at once. */
  #paint(layer, tiles, view, isTimely) {
    if (!layer.names) {
      layer.names = this.#painter.names(layer.scale / layer.ratio);
      if (!isTimely()) return false;
    }
    for (const [index, [column, row]] of tiles.entries()) {
      if (index > 0 && !isTimely()) return false;
      const canvas = this.#spare.pop() ?? newCanvas();
      const context = canvas.getContext('2d', { alpha: false });
      const side = TILE / layer.scale;
      this.#painter.paint(context, {
        scale: layer.scale, ratio: layer.ratio, names: layer.names,
        x: -column * TILE, y: -row * TILE,
        box: { left: column * side, top: row * side, right: (column + 1) * side,
          bottom: (row + 1) * side },
      });
      layer.tiles.set(keyOf(column, row), { column, row, canvas });
      if (view) this.#showTile(layer, view, column, row, canvas);
    }
    return true;
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
    for (const { column, row, canvas } of layer.tiles.values()) {
      const isSeen = (column + 1) * side > view.left && column * side < view.right
        && (row + 1) * side > view.top && row * side < view.bottom;
      if (isSeen) this.#showTile(layer, view, column, row, canvas);
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
