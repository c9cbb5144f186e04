// What a painter puts on a canvas: the looks of seats, from afar and from near.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hall } from '../hall/hall.js';
import { HallPainter } from '../hall/painter.js';
import { SeatIndex } from '../hall/seat-index.js';

const THEME = { ink: '#000000', paper: '#ffffff', isDark: false, free: '#0000ff', held: '#ff8800',
  sold: '#999999', blocked: '#cccccc', mine: '#111111', good: '#008800' };
const [STALLS, SIDE] = ['#123456', '#654321'];

/** A context that notes what it strokes, fills and writes, with colours and widths. */
function fakeContext() {
  const done = [];
  let points = 0;
  const note = (what, color, more) => done.push({ what, color, points, ...more });
  const nothing = () => {};
  return {
    done, save: nothing, restore: nothing, setTransform: nothing, clip: nothing, rotate: nothing,
    translate: nothing, closePath: nothing, strokeText: nothing,
    measureText: (text) => ({ width: 60 * text.length }),
    beginPath() { points = 0; },
    moveTo() { points += 1; },
    lineTo() { points += 1; },
    arc() { points += 1; },
    rect() { points += 1; },
    fillRect() { note('ground', this.fillStyle); },
    fill() { note('fill', this.fillStyle, { alpha: this.globalAlpha }); },
    stroke() {
      note('stroke', this.strokeStyle, { width: this.lineWidth, alpha: this.globalAlpha });
    },
    fillText(text) { note('text', this.fillStyle, { text }); },
  };
}

/** A row of seats with these looks; the last one is of another category. */
function painted(looks, scale, shown) {
  const numbers = looks.map((_, seat) => String(seat + 1));
  const hall = new Hall({ name: 'Hall', shapes: [], labels: [numbers],
    categories: [{ name: 'Stalls', color: STALLS }, { name: 'Side', color: SIDE }],
    sections: [{ name: 'stalls', category: 0, rows: [{ label: 'A', labels: 0,
      points: [0, 0, ...looks.slice(1).flatMap(() => [200, 0])],
      category: looks.map((_, seat) => (seat === looks.length - 1 ? 1 : 0)) }] }] });
  const pen = fakeContext();
  const painter = new HallPainter(hall, new SeatIndex(hall), pen,
    { lookOf: (seat) => looks[seat], told: () => undefined });
  painter.theme = THEME;
  painter.shown = shown;
  const context = fakeContext();
  painter.paint(context, { scale, ratio: 1, x: 0, y: 0, names: [], pixels: [0, 0, 256, 256],
    box: { left: 0, top: 0, right: hall.width, bottom: hall.height } });
  return context.done.filter(({ what }) => what !== 'ground');
}

test('from afar a row is lines: free ones in the colour of their category, others thin', () => {
  const done = painted(['free', 'free', 'sold', 'held', 'free', 'mine', 'free'], 0.2);
  assert.ok(done.every(({ what }) => what === 'stroke'));
  const width = (color) => done.find((it) => it.color === color).width;
  assert.deepEqual(done.map(({ color }) => color), [STALLS, THEME.sold, THEME.good, SIDE]);
  assert.ok(width(THEME.sold) < width(STALLS) && width(THEME.good) === width(STALLS));
});

test('from near each look has a colour and a shape of its own', () => {
  const looks = ['free', 'held', 'sold', 'blocked', 'chosen', 'mine', 'free'];
  const done = painted(looks, 2);
  const drawn = done.filter(({ what }) => what !== 'text')
    .map(({ what, color, points }) => `${what} ${color} ${points}`);
  assert.deepEqual(drawn, [
    `fill ${STALLS} 2`, `stroke ${THEME.held} 2`, `stroke ${THEME.sold} 4`,
    `stroke ${THEME.blocked} 2`, `fill ${THEME.mine} 2`, `stroke ${THEME.paper} 3`,
    `fill ${THEME.good} 2`, `stroke ${THEME.paper} 3`, `fill ${SIDE} 2`,
  ]);
  const texts = done.filter(({ what }) => what === 'text').map(({ text }) => text);
  assert.deepEqual(texts, ['A'], 'numbers would be too small');
  const numbers = painted(looks, 4).filter(({ what }) => what === 'text').map(({ text }) => text);
  assert.deepEqual(numbers, ['1', '7', 'A'], 'a seat that is not free has no number');
});

test('a filter leaves the other categories pale, whatever their look', () => {
  for (const scale of [0.2, 2]) {
    const shapes = painted(['free', 'sold', 'free'], scale, new Set([1]))
      .filter(({ what }) => what !== 'text');
    for (const { color, alpha } of shapes) assert.equal(alpha < 1, color !== SIDE, color);
  }
});
