import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SseParser } from '../event/state/sse-parser.js';
import { law } from './support.js';

const parse = (...pieces) => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

test('a message has a name, an id and data', () => {
  assert.deepEqual(parse('event: change\nid: 7\ndata: {"a":1}\n\n'),
    [{ name: 'change', id: '7', data: '{"a":1}' }]);
});

test('a message without a name is called message, and one without an id has none', () => {
  assert.deepEqual(parse('data: x\n\n'), [{ name: 'message', id: null, data: 'x' }]);
});

test('lines of data are joined', () => {
  assert.deepEqual(parse('data: {\ndata:  }\n\n').map(({ data }) => data), ['{\n }']);
});

test('comments and messages without data are left out', () => {
  assert.deepEqual(parse(': keep-alive\n\n', 'id: 8\n\n', 'event: x\n\n'), []);
});

test('what one message says is not said of the next', () => {
  const [, second] = parse('event: change\nid: 1\ndata: a\n\ndata: b\n\n');
  assert.deepEqual(second, { name: 'message', id: null, data: 'b' });
});

test('a message is complete only with its empty line', () => {
  assert.deepEqual(parse('data: a\n'), []);
  assert.equal(parse('data: a\n', '\n').length, 1);
});

test('lines end with a line feed, and may have a carriage return', () => {
  assert.deepEqual(parse('event: x\r\ndata: a\r\n\r\n'), [{ name: 'x', id: null, data: 'a' }]);
});

test('wherever the text is cut, the messages are the same', () => law((random) => {
  const texts = [': hello\n\n', 'event: change\r\nid: 7\r\ndata: {"a": "b:c"}\r\n\r\n',
    'data: x\ndata: y\n\n', 'id: 9\n\n', 'data:\n\n', 'event: snapshot\ndata:z\nid: 10\n\n'];
  const text = Array.from({ length: random.whole(1, 8) }, () => random.pick(texts)).join('');
  const pieces = [];
  for (let rest = text; rest !== '';) {
    const length = random.whole(1, random.pick([1, 5, 40]));
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  assert.deepEqual(parse(...pieces), parse(text));
}));
