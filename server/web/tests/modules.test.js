import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The rooms of the page, lowest first: a module imports from its own room and from lower ones. */
const ROOMS = ['shared', 'hall', 'missing', 'bookings', 'admin', 'events', 'event/state',
  'event/descriptions.js', 'event/map', 'plan', 'event/booking', 'event/panel', 'event/main.js'];

/** The pages: each has a room of its own, which no other page imports from. */
const PAGES = ['admin', 'bookings', 'events', 'event', 'missing', 'plan'];

function modules(folder = ROOT) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'tests' ? [] : modules(path);
    return entry.name.endsWith('.js') ? [path] : [];
  });
}

/** Every module, by its path below the page's folder, with the paths that it imports. */
const IMPORTS = new Map(modules().map((path) => {
  const names = readFileSync(path, 'utf8').matchAll(/(?:\bfrom |^import |\bimport\()'([^']+)'/gm);
  return [relative(ROOT, path),
    [...names].map(([, name]) => relative(ROOT, resolve(dirname(path), name)))];
}));

const roomOf = (path) => ROOMS.findIndex((room) => path === room || path.startsWith(`${room}/`));

test('the modules are found, and import modules that are there', () => {
  assert.ok(IMPORTS.size > 30);
  assert.ok(IMPORTS.get('event/main.js').length > 10);
  for (const [path, imports] of IMPORTS) {
    for (const name of imports) assert.ok(IMPORTS.has(name), `${path} imports ${name}`);
  }
});

test('no module imports itself, over however many others', () => {
  const done = new Set();
  const visit = (path, way) => {
    assert.ok(!way.includes(path), `a circle: ${[...way, path].join(' → ')}`);
    if (done.has(path)) return;
    for (const name of IMPORTS.get(path)) visit(name, [...way, path]);
    done.add(path);
  };
  for (const path of IMPORTS.keys()) visit(path, []);
});

test('rooms import one way', () => {
  for (const [path, imports] of IMPORTS) {
    assert.notEqual(roomOf(path), -1, `${path} is in no room`);
    for (const name of imports) {
      assert.ok(roomOf(name) <= roomOf(path), `${path} imports ${name}`);
    }
  }
  for (const page of PAGES) {
    const others = PAGES.filter((other) => other !== page).map((other) => `${other}/`);
    for (const [path, imports] of IMPORTS) {
      if (!path.startsWith(`${page}/`)) continue;
      for (const name of imports) {
        assert.ok(!others.some((other) => name.startsWith(other)), `${path} imports ${name}`);
      }
    }
  }
});

test('every module is part of a page', () => {
  const reached = new Set();
  const visit = (path) => {
    if (reached.has(path)) return;
    reached.add(path);
    IMPORTS.get(path).forEach(visit);
  };
  for (const page of PAGES) visit(`${page}/main.js`);
  assert.deepEqual([...IMPORTS.keys()].filter((path) => !reached.has(path)), []);
});
