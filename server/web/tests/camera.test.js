import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panByKey, zoomByKey } from '../hall/camera-keys.js';
import { Camera } from '../hall/camera.js';
import { law } from './support.js';

const CLOSEST = 4.4;
const EDGE = 24;
const near = (a, b, slack = 1e-6) => Math.abs(a - b) <= slack * Math.max(1, Math.abs(a));

function cameraAt(layout, width = 800, height = 600) {
  let moves = 0;
  const camera = new Camera(() => {
    moves += 1;
  });
  camera.resize(width, height);
  camera.lookAt(layout);
  return { camera, moves: () => moves };
}

function randomCamera(random) {
  const layout = { width: random.between(100, 8_000), height: random.between(100, 5_000) };
  const { camera } = cameraAt(layout, random.whole(300, 2_000), random.whole(300, 1_200));
  return { camera, layout };
}

/** Does something that a visitor can do. */
function move(random, camera) {
  const [px, py] = [random.between(0, camera.width), random.between(0, camera.height)];
  const moves = [
    () => camera.pan(random.between(-900, 900), random.between(-900, 900)),
    () => camera.zoom(random.between(0.3, 3), px, py),
    () => camera.centre(random.between(0, 1_000), random.between(0, 1_000), random.between(0, 5)),
    () => camera.resize(random.whole(300, 2_000), random.whole(300, 1_200)),
    () => camera.showAll(),
  ];
  random.pick(moves)();
}

test('all of a map is shown, in the middle', () => {
  const { camera } = cameraAt({ width: 1_000, height: 1_000 });
  assert.ok(near(camera.scale, (600 - 2 * EDGE) / 1_000));
  const { x, y } = camera.toMap(400, 300);
  assert.ok(near(x, 500) && near(y, 500));
});

test('a small map does not fill a large screen', () => {
  const { camera } = cameraAt({ width: 100, height: 50 });
  assert.equal(camera.scale, 2.8);
});

test('zooming stops at the closest and at the whole', () => {
  const { camera } = cameraAt({ width: 1_000, height: 1_000 });
  const whole = camera.scale;
  camera.zoom(100);
  assert.equal(camera.scale, CLOSEST);
  camera.zoom(0.001);
  assert.ok(near(camera.scale, whole));
});

test('every move is reported', () => {
  const { camera, moves } = cameraAt({ width: 1_000, height: 1_000 });
  const before = moves();
  camera.pan(1, 1);
  camera.zoom(2);
  camera.centre(500, 500);
  camera.showAll();
  assert.equal(moves(), before + 4);
});

test('a screen that turns keeps showing everything, if it did', () => {
  const { camera } = cameraAt({ width: 1_000, height: 1_000 });
  camera.resize(600, 800);
  assert.ok(near(camera.scale, (600 - 2 * EDGE) / 1_000));
  camera.zoom(2);
  const { scale } = camera;
  camera.resize(800, 600);
  assert.equal(camera.scale, scale);
});

test('a seat in view is not moved, one beyond the edge is moved just into view', () => {
  const { camera, moves } = cameraAt({ width: 4_000, height: 4_000 });
  camera.centre(2_000, 2_000, 3);
  const before = moves();
  camera.reveal({ x: 2_000, y: 2_000, width: 10, height: 10 });
  assert.equal(moves(), before);
  camera.reveal({ x: 2_200, y: 2_000, width: 10, height: 10 });
  const right = 2_210 * camera.scale + camera.x;
  assert.ok(near(right, 800 - 40));
  assert.ok(near(camera.toMap(0, 300).y, 2_000), 'the other direction stays');
});

test('pixels and points of the map are each other’s', () => law((random) => {
  const { camera } = randomCamera(random);
  for (let step = 0; step < 5; step += 1) move(random, camera);
  const [px, py] = [random.between(0, camera.width), random.between(0, camera.height)];
  const { x, y } = camera.toMap(px, py);
  assert.ok(near(x * camera.scale + camera.x, px, 1e-4));
  assert.ok(near(y * camera.scale + camera.y, py, 1e-4));
  const { left, top, right, bottom } = camera.visible();
  assert.ok(left <= x && x <= right && top <= y && y <= bottom);
  assert.ok(near((right - left) * camera.scale, camera.width, 1e-4));
  assert.ok(near((bottom - top) * camera.scale, camera.height, 1e-4));
}));

test('wherever it moves, the map stays on the screen', () => law((random) => {
  const { camera, layout } = randomCamera(random);
  for (let step = 0; step < 10; step += 1) {
    move(random, camera);
    assert.ok(camera.scale <= CLOSEST + 1e-9);
    for (const [at, size, screen] of [
      [camera.x, layout.width * camera.scale, camera.width],
      [camera.y, layout.height * camera.scale, camera.height],
    ]) {
      const [low, high] = [at, at + size];
      if (size <= screen - 2 * EDGE) assert.ok(near(low, screen - high, 1e-4), 'it is centred');
      else assert.ok(low <= EDGE + 1e-6 && high >= screen - EDGE - 1e-6, 'there is no gap');
    }
  }
}));

test('the point under the finger stays there while zooming in', () => law((random) => {
  const { camera, layout } = randomCamera(random);
  camera.centre(layout.width / 2, layout.height / 2, random.between(1, 3));
  const [px, py] = [camera.width / 2, camera.height / 2];
  const before = camera.toMap(px, py);
  camera.zoom(random.between(1, 2), px, py);
  const after = camera.toMap(px, py);
  assert.ok(near(before.x, after.x, 1e-6) && near(before.y, after.y, 1e-6));
}));

test('a revealed box is in view', () => law((random) => {
  const { camera, layout } = randomCamera(random);
  camera.centre(random.between(0, layout.width), random.between(0, layout.height), 3);
  const box = { x: random.between(0, layout.width - 10), y: random.between(0, layout.height - 10),
    width: 10, height: 10 };
  camera.reveal(box);
  const { left, top, right, bottom } = camera.visible();
  assert.ok(left <= box.x && box.x + 10 <= right && top <= box.y && box.y + 10 <= bottom);
}));

test('a box that is shown is shown as a whole, in the middle', () => law((random) => {
  const { camera, layout } = randomCamera(random);
  for (let step = 0; step < 5; step += 1) move(random, camera);
  const left = random.between(0, layout.width - 20);
  const top = random.between(0, layout.height - 20);
  const [right, bottom] = [random.between(left + 10, layout.width),
    random.between(top + 10, layout.height)];
  camera.show([left, top, right, bottom]);
  const seen = camera.visible();
  assert.ok(seen.left <= left + 1e-6 && seen.right >= right - 1e-6);
  assert.ok(seen.top <= top + 1e-6 && seen.bottom >= bottom - 1e-6);
  assert.ok(camera.scale <= CLOSEST);
}));

test('keys zoom and pan, and others are left alone', () => {
  const { camera } = cameraAt({ width: 4_000, height: 4_000 });
  const whole = camera.scale;
  assert.ok(zoomByKey(camera, '+') && camera.scale > whole);
  assert.ok(zoomByKey(camera, '0') && camera.scale === whole);
  assert.ok(['=', '+', '-'].every((key) => zoomByKey(camera, key)));
  const { x, y } = camera;
  assert.ok(panByKey(camera, 'ArrowRight') && camera.x < x);
  assert.ok(panByKey(camera, 'ArrowUp') && camera.y > y);
  for (const key of ['Enter', 'a', 'Tab']) {
    assert.equal(zoomByKey(camera, key) || panByKey(camera, key), false);
  }
});
