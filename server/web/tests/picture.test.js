// The picture of a hall: tiles that are painted over several frames.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Camera } from '../hall/camera.js';
import { Picture } from '../hall/picture.js';
import { law } from './support.js';

const TILE = 256;

/** A canvas that notes what is drawn on it. */
function fakeCanvas() {
  const drawn = [];
  const context = { drawn, setTransform() {}, fillRect() { drawn.length = 0; },
    drawImage: (...image) => drawn.push(image) };
  const canvas = { width: 0, height: 0, drawn, getContext: () => context };
  context.canvas = canvas;
  return canvas;
}

globalThis.document = { createElement: fakeCanvas };

/** A picture of a hall, a camera, and what was painted so far. */
function scene({ width = 2_000, height = 1_000 } = {}) {
  const painted = [];
  const hall = { width, height };
  const painter = { hall, theme: { paper: '#fff' }, names: () => [],
    paint: (context, view) => painted.push({ ...view, context }) };
  const canvas = fakeCanvas();
  const picture = new Picture(canvas, painter);
  const camera = new Camera(() => {}, 10);
  camera.lookAt(hall);
  camera.resize(900, 500);
  camera.showAll();
  return { picture, camera, painted, canvas };
}

/** A clock in which painting a tile takes so many milliseconds. */
const clockOf = ({ painted }, cost) => () => painted.length * cost;

/** Draws until nothing is left to do; returns the frames that it took. */
function settle(it, cost = 3, ratio = 1) {
  for (let frames = 1; ; frames += 1) {
    assert.ok(frames < 1_000, 'it never ends');
    if (it.picture.draw(it.camera, ratio, clockOf(it, cost)).isDone) return frames;
  }
}

test('a frame paints no more than there is time for, and at least one tile', () => {
  const it = scene();
  for (let frame = 1; ; frame += 1) {
    const before = it.painted.length;
    const { isDone } = it.picture.draw(it.camera, 1, clockOf(it, 3));
    assert.ok(it.painted.length - before <= 3, `frame ${frame}`);
    if (isDone) break;
    assert.ok(it.painted.length > before || frame > 1, 'it goes on');
  }
});

test('what is done covers the screen without gaps, at its scale', () => law((random) => {
  const it = scene();
  const ratio = random.pick([1, 2]);
  for (let move = 0; move < 6; move += 1) {
    if (random.isTrue()) it.camera.zoom(random.between(0.4, 2.5), random.whole(0, 900), 100);
    else it.camera.pan(random.whole(-400, 400), random.whole(-300, 300));
    it.picture.draw(it.camera, ratio, clockOf(it, random.whole(1, 9)));
  }
  settle(it, 3, ratio);
  it.picture.draw(it.camera, ratio, clockOf(it, 3));
  const { drawn } = it.canvas;
  const { left, top, right, bottom } = it.camera.visible();
  const scale = it.camera.scale * ratio;
  const [x, y] = [it.camera.x, it.camera.y].map((at) => Math.round(at * ratio));
  for (let probe = 0; probe < 20; probe += 1) {
    const at = { x: random.between(Math.max(0, left), Math.min(2_000, right)),
      y: random.between(Math.max(0, top), Math.min(1_000, bottom)) };
    const [px, py] = [x + at.x * scale, y + at.y * scale];
    const there = drawn.filter(([, dx, dy, width, height]) =>
      px >= dx && px <= dx + width && py >= dy && py <= dy + height);
    assert.ok(there.length > 0, `a gap at ${px} ${py}`);
    const [image, dx, , width] = there.at(-1);
    assert.equal(width, TILE, 'it is not stretched');
    const view = it.painted.findLast(({ context }) => context === image.getContext());
    assert.equal(view.scale, scale);
    assert.equal(dx - x, -view.x, 'each tile is where it belongs');
  }
}));

test('a pan at one scale paints what comes into view only', () => {
  const it = scene();
  it.camera.zoom(4);
  settle(it);
  const before = it.painted.length;
  it.camera.pan(40, 0);
  settle(it);
  assert.ok(it.painted.length - before <= 5, `${it.painted.length - before} tiles`);
  it.camera.pan(-40, 0);
  assert.equal(it.picture.draw(it.camera, 1, clockOf(it, 3)).isRight, true);
});

test('while the camera zooms, the screen shows what was painted before', () => {
  const it = scene();
  settle(it);
  for (let step = 0; step < 10; step += 1) {
    it.camera.zoom(1.2);
    it.picture.draw(it.camera, 1, clockOf(it, 50));
    assert.ok(it.canvas.drawn.length > 0, `step ${step}`);
  }
});

test('a picture that is old is painted anew', () => {
  const it = scene();
  settle(it);
  const before = it.painted.length;
  it.picture.repaint();
  assert.equal(it.picture.draw(it.camera, 1, clockOf(it, 3)).isDone, false);
  assert.ok(it.canvas.drawn.length > 0, 'what was there stays until then');
  settle(it);
  assert.ok(it.painted.length > before);
});

test('what a touched box shows is painted again, and nothing else', () => law((random) => {
  const it = scene();
  it.camera.zoom(random.between(1, 6), random.whole(0, 900), random.whole(0, 500));
  settle(it);
  const { left, top, right, bottom } = it.camera.visible();
  const [x, y] = [random.between(Math.max(0, left), Math.min(1_990, right)),
    random.between(Math.max(0, top), Math.min(990, bottom))];
  const before = it.painted.length;
  it.picture.touch([x, y, x + 8, y + 8]);
  assert.equal(it.picture.draw(it.camera, 1, clockOf(it, 0.1)).isRight, true);
  settle(it);
  const again = it.painted.slice(before);
  const wanted = again.filter(({ scale }) => scale === it.camera.scale);
  assert.ok(wanted.length >= 1 && wanted.length <= 4, `${wanted.length} tiles`);
  for (const { scale, box, pixels } of again) {
    assert.ok(pixels[2] - pixels[0] <= 8 * scale + 4 && pixels[3] - pixels[1] <= 8 * scale + 4);
    assert.ok(box.left <= x + 8 && box.right >= x && box.top <= y + 8 && box.bottom >= y);
  }
  assert.equal(it.painted.length, before + again.length);
  assert.equal(settle(it), 1, 'it is done');
}));

test('canvases are used again', () => {
  const it = scene();
  let made = 0;
  globalThis.document = { createElement: () => { made += 1; return fakeCanvas(); } };
  for (let round = 0; round < 40; round += 1) {
    it.camera.zoom(round % 2 ? 1 / 3 : 3);
    settle(it);
    it.camera.pan(round * 50, 30);
    settle(it);
  }
  assert.ok(made < 120, `${made} canvases`);
});
