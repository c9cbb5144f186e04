import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOutTitle } from '../event/map/section-title.js';
import { law } from './support.js';

/** A text of size 1 whose letters are half as wide as high. */
const widthOf = (text) => [...text].length * 0.5;

const SEATED = { standing: false };
const STANDING = { standing: true };
const TEXTS = ['balcony · €45.00', 'balcony'];

const layOut = (block, scale, texts = TEXTS) =>
  layOutTitle({ block, texts, second: '120 free', scale, widthOf });

test('near, the title stands above its block', () => {
  const laid = layOut({ section: SEATED, x: 100, y: 50, width: 300, height: 80 }, 2);
  assert.ok(laid.isAbove && !laid.hasSecond);
  assert.equal(laid.title.text, TEXTS[0]);
  assert.equal(laid.title.size, 7, '14 pixels');
  assert.deepEqual([laid.title.x, laid.title.y], [250, 50 - 3.5]);
  assert.equal(laid.plate.width, 0);
});

test('from afar it stands over the middle, with the free places below', () => {
  const laid = layOut({ section: SEATED, x: 0, y: 0, width: 800, height: 400 }, 0.2);
  assert.ok(!laid.isAbove && laid.hasSecond);
  assert.equal(laid.title.text, TEXTS[0]);
  assert.ok(laid.second.y > laid.title.y);
});

test('a title without room becomes the shorter one, then a part of it, then nothing', () => {
  const laid = (width) => layOut({ section: SEATED, x: 0, y: 0, width, height: 80 }, 1).title.text;
  assert.deepEqual([200, 100, 50, 20].map(laid), ['balcony · €45.00', 'balcony', 'balc…', '']);
});

test('a standing block has its title inside', () => {
  const laid = layOut({ section: STANDING, x: 0, y: 0, width: 200, height: 56 }, 2.8);
  assert.ok(!laid.isAbove && laid.hasSecond);
});

test('a block too small for a text that can be read has none', () => {
  const laid = layOut({ section: SEATED, x: 0, y: 0, width: 60, height: 30 }, 0.1);
  assert.deepEqual([laid.title.text, laid.hasSecond, laid.plate.width], ['', false, 0]);
});

test('letters of two code units are not cut in half', () => {
  const block = { section: SEATED, x: 0, y: 0, width: 60, height: 80 };
  const laid = layOut(block, 1, ['𐐀'.repeat(30)]);
  assert.match(laid.title.text, /^𐐀+…$/u);
});

test('a title is legible, and stays within its block', () => law((random) => {
  const block = { section: random.isTrue() ? SEATED : STANDING, x: random.between(0, 500),
    y: random.between(0, 500), width: random.between(40, 600), height: random.between(20, 400) };
  const scale = random.between(0.02, 4.4);
  const texts = ['a long title · €45.00', 'x'.repeat(random.whole(1, 32))];
  const { title, second, plate, isAbove, hasSecond } = layOut(block, scale, texts);
  if (title.text === '') return assert.equal(hasSecond, false);
  const width = widthOf(title.text) * title.size;
  assert.ok(width <= block.width + 1e-9, 'it is within the sides');
  assert.ok(title.size * scale >= 8 - 1e-9 || isAbove, 'it can be read');
  assert.ok(title.size * scale <= 14 + 1e-9);
  if (!isAbove) {
    assert.ok(plate.y >= block.y - 1e-9);
    assert.ok(plate.y + plate.height <= block.y + block.height + 1e-9);
    assert.ok(plate.width >= width);
  }
  if (hasSecond) assert.ok(widthOf('120 free') * second.size <= block.width + 1e-9);
  return undefined;
}));
