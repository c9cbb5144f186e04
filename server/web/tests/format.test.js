import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, duration, formatsOf, isolated, minutesAndSeconds } from '../shared/format.js';
import { law } from './support.js';

const british = formatsOf('en-GB', 'Europe/London');

/** Terms with this currency. */
const of = (currency, digits = 2) => ({ currency, currency_digits: digits });

/** The number that a formatted amount shows, in the locale en-GB. */
const shown = (text) => Number(/[\d,]+(\.\d+)?/.exec(text)[0].replaceAll(',', ''));

test('an amount has as many decimals as its currency', () => {
  assert.equal(british.money(4_500, of('EUR')), '€45.00');
  assert.equal(british.money(4_505, of('GBP')), '£45.05');
  assert.equal(british.money(4_500, of('JPY', 0)), 'JP¥4,500');
  assert.equal(british.money(4_500, of('KWD', 3)).replace(/\s/, ' '), 'KWD 4.500');
  assert.equal(british.money(450_000, of('HUF')).replace(/\s/, ' '), 'HUF 4,500.00');
  assert.equal(british.money(450_000, of('IQD', 3)).replace(/\s/, ' '), 'IQD 450.000');
  assert.equal(british.money(0, of('EUR')), '€0.00');
  assert.equal(british.money(1, of('EUR')), '€0.01');
});

test('an amount is written as its locale writes it', () => {
  const german = formatsOf('de-DE');
  assert.equal(german.money(1_234_567, of('EUR')).replace(/\s/, ' '), '12.345,67 €');
  assert.equal(formatsOf('en-US').money(123_456, of('USD')), '$1,234.56');
  assert.match(formatsOf('ja-JP').money(4_500, of('JPY', 0)), /^[¥￥]4,500$/);
});

test('no minor unit is lost, whatever the currency and its digits', () => law((random) => {
  const digits = random.whole(0, 4);
  const { money } = formatsOf('en-GB');
  const terms = of(random.pick(Intl.supportedValuesOf('currency')), digits);
  const minor = random.whole(0, 10 ** random.whole(0, 12));
  const text = money(minor, terms);
  assert.equal(Math.round(shown(text) * 10 ** digits), minor, text);
}));

test('a currency is formatted the same the second time', () => {
  const { money } = formatsOf('en-GB');
  assert.deepEqual([money(1, of('EUR')), money(1, of('JPY', 0)), money(1, of('EUR'))],
    ['€0.01', 'JP¥1', '€0.01']);
});

test('things are counted', () => {
  assert.equal(british.count(1_234_567), '1,234,567');
  assert.deepEqual([0, 1, 1_200].map((n) => counted('places', n)),
    ['0 places', '1 place', '1,200 places']);
});

test('texts are listed', () => {
  assert.equal(british.listed(['A1']), 'A1');
  assert.equal(british.listed(['A1', 'A2', 'A3']), 'A1, A2 and A3');
  assert.equal(formatsOf('de').listed(['A1', 'A2']), 'A1 und A2');
});

test('a date is written as the clocks of the venue show it, with the reader\'s beside it', () => {
  const evening = {
    starts_at: '2027-07-01T18:30:00.000Z',
    starts_local: '2027-07-01T20:30:00',
    zone: 'Europe/Berlin',
  };
  const there = 'Thu, 1 Jul 2027, 20:30';
  const shown = (zone) => formatsOf('en-GB', zone).timeAndPlace(evening).replace(/\s+/g, ' ');
  assert.equal(shown('Europe/Berlin'), `${there} (Europe/Berlin)`);
  assert.equal(shown('Africa/Johannesburg'), `${there} (Europe/Berlin)`, 'the same time');
  const london = `${there} (Europe/Berlin) · Thu, 1 Jul 2027, 19:30 your time`;
  assert.equal(shown('Europe/London'), london);
  assert.match(shown('Asia/Tokyo'), /Fri, 2 Jul 2027, 03:30 your time$/);
});

test('the venue stands beside the start', () => {
  const [at, local] = ['2027-07-01T18:30:00.000Z', '2027-07-01T20:30:00'];
  const shown = (venue) => formatsOf('en-GB', 'Europe/Berlin')
    .timeAndPlace({ starts_at: at, starts_local: local, zone: 'Europe/Berlin', venue });
  assert.ok(shown('Staatsoper').endsWith('20:30 (Europe/Berlin) · Staatsoper'));
  assert.ok(shown('האופרה').endsWith(' · \u2068האופרה\u2069'));
});

test('the time left is rounded up', () => {
  for (const [ms, text] of [
    [0, '0:00'], [1, '0:01'], [999, '0:01'], [1_000, '0:01'], [1_001, '0:02'], [59_001, '1:00'],
    [60_000, '1:00'], [60_001, '1:01'], [600_000, '10:00'], [3_600_000, '60:00'],
    [-1, '0:00'], [-100_000, '0:00'],
  ]) assert.equal(minutesAndSeconds(ms), text, `${ms} ms`);
});

test('the time left is at most a second more than it is', () => law((random) => {
  const ms = random.between(0, 10_000_000);
  const [minutes, seconds] = minutesAndSeconds(ms).split(':').map(Number);
  const written = (minutes * 60 + seconds) * 1_000;
  assert.ok(written >= ms && written < ms + 1_000 && seconds < 60, `${ms} ms`);
}));

test('only names written from right to left are isolated', () => {
  for (const name of ['A12', 'Parkett', 'Ложа', '二階席']) assert.equal(isolated(name), name);
  for (const name of ['מרפסת', 'شرفة', 'A-شرفة-1', '𐤀𐤁']) {
    assert.equal(isolated(name), `\u2068${name}\u2069`);
  }
});

test('a span is told by its two largest units', () => {
  for (const [seconds, told] of [[0, '0 s'], [59, '59 s'], [61, '1 min 1 s'], [3_600, '1 h 0 min'],
    [90_061, '1 d 1 h']]) assert.equal(duration(seconds * 1_000), told);
});
