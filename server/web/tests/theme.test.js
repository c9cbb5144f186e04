// Colours of plans, on light screens and on dark ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inkOn, shapeColor } from '../hall/theme.js';

const DARK = { isDark: true };
const channels = (color) => color.match(/[\d.]+/g).map(Number);

test('a shape keeps its colour on a light screen', () => {
  assert.equal(shapeColor('#d8d4cc', { isDark: false }), '#d8d4cc');
});

test('on a dark screen light is dark, and a hue stays one', () => {
  const [stage, text] = ['#d8d4cc', '#333333'].map((color) => channels(shapeColor(color, DARK)));
  assert.ok(Math.max(...stage.slice(0, 3)) < 90, stage);
  assert.ok(Math.min(...text.slice(0, 3)) > 170, text);
  const [red, green, blue] = channels(shapeColor('#cfe2c0', DARK));
  assert.ok(green > red && green > blue, 'grass is green');
  for (const color of ['#000000', '#ffffff', '#ff0000', '#00ff00', '#0000ff']) {
    for (const channel of channels(shapeColor(color, DARK)).slice(0, 3)) {
      assert.ok(channel >= 0 && channel <= 255, `${color}: ${channel}`);
    }
  }
});

test('what shines through still does', () => {
  assert.equal(channels(shapeColor('rgba(10, 20, 30, 0.4)', DARK))[3], 0.4);
});

test('a number can be read on every colour', () => {
  assert.equal(inkOn('#4269d0'), '#fff');
  assert.equal(inkOn('#ffd000'), '#000');
  assert.equal(inkOn('#000000'), '#fff');
  assert.equal(inkOn('rgba(255, 255, 255, 0.5)'), '#000');
});
