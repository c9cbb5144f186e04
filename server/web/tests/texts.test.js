import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { localeOf, TABLES, text } from '../shared/text.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

function files(ending, folder = ROOT) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['tests', 'texts'].includes(entry.name) ? [] : files(ending, path);
    }
    return entry.name.endsWith(ending) ? [path] : [];
  });
}

/** The contents of the files, without their comments, by their paths. */
const sources = (ending) => files(ending).map((path) => [relative(ROOT, path),
  readFileSync(path, 'utf8').replaceAll(/^\s*(\/\/|\*|\/\*\*).*$/gm, '')]);

/** Values for every text, which say which of them it asked for. */
const asked = (entry) => {
  const names = new Set();
  const values = new Proxy({}, {
    get(_, name) {
      names.add(name);
      return name === 'n' || name === 'free' || name === 'have' ? 2 : `‹${String(name)}›`;
    },
  });
  return { names, shown: typeof entry === 'function' ? entry(values) : entry };
};

test('no text is there twice: the second one would be shown for both', () => {
  for (const name of readdirSync(join(ROOT, 'shared/texts'))) {
    const source = readFileSync(join(ROOT, 'shared/texts', name), 'utf8');
    const names = [...source.matchAll(/^ {2}(\w+):/gm)].map(([, key]) => key);
    assert.ok(names.length > 100, name);
    assert.deepEqual(names.filter((key, at) => names.indexOf(key) !== at), [], name);
  }
});

test('every table has the same texts, which take the same values', () => {
  const names = Object.keys(TABLES.en);
  for (const [language, table] of Object.entries(TABLES)) {
    assert.deepEqual(Object.keys(table), names, language);
    for (const name of names) {
      const [english, other] = [asked(TABLES.en[name]), asked(table[name])];
      assert.deepEqual([...other.names].sort(), [...english.names].sort(), `${language}: ${name}`);
      assert.ok(other.shown.length > 0 && !other.shown.includes('undefined'), name);
    }
  }
});

test('the browser gets the first of its languages that there is', () => {
  for (const [wanted, locale] of [
    [['de-AT', 'en'], 'de-AT'], [['fr', 'de'], 'de'], [['en-GB'], 'en-GB'], [['fr'], 'en'],
    [[], 'en'], [['den'], 'en'],
  ]) assert.equal(localeOf(wanted), locale);
});

test('a text that is not there is a mistake', () => {
  assert.throws(() => text('noSuchText'));
});

test('every text is used, and every one that is used is there', () => {
  const used = new Set();
  for (const [, source] of sources('.html')) {
    for (const [, name] of source.matchAll(/data-(?:text|label)="(\w+)"/g)) used.add(name);
  }
  const quoted = sources('.js').flatMap(([, source]) =>
    [...source.matchAll(/'(\w+)'|^\s*(\w+): \(now/gm)].map(([, name, line]) => name ?? line));
  for (const name of quoted) if (name in TABLES.en) used.add(name);
  const isUsed = (name) => used.has(name)
    || (name.startsWith('refused') && quoted.includes(name.slice('refused'.length)));
  assert.deepEqual(Object.keys(TABLES.en).filter((name) => !isUsed(name)), []);
  for (const [path, source] of sources('.js')) {
    for (const [, name] of source.matchAll(/\b(?:text|counted)\('(\w+)'/g)) {
      assert.ok(name in TABLES.en, `${path} names ${name}`);
    }
  }
  for (const name of used) assert.ok(name in TABLES.en, `a document names ${name}`);
});

/** Words in a quoted text, which are no name: several of them, or one with a capital. */
const WORDS = /[A-Za-z]{2,}[ ,.…:;]+[A-Za-z]{2,}|^[A-Z][a-z]+( |$)|[a-z]{2,}[.…!?]$/;
/** Names of keys, errors, classes, and what else is no text for people. */
const NO_TEXT = [
  /^(Busy|Invalid|Unavailable|Unreachable|Enter|Escape|Home|End|Boxoffice|Infinity|Bearer .*)$/,
  /^(button|section|seat|line|quiet|keys)( [\w-]+)*$/,
  /^boxoffice_/, /^[#.]/, /^[A-Z]{3}( [A-Z]{3})+$/, /^M[\d.]/, /^\[.*\]$/, /^\(pointer: \w+\)$/,
  /^(600|650|translate|scale)/, /^application\//, /^\(prefers/, /^system-ui/,
];

test('no text stands in a module', () => {
  for (const [path, source] of sources('.js')) {
    const said = source.replaceAll(/^.*\bfrom '.*';$/gm, '');
    for (const [, single, template] of said.matchAll(/'([^'\n]*)'|`([^`]*)`/g)) {
      const shown = (single ?? template).replaceAll(/\$\{[^}]*\}/g, '0').trim();
      const isText = WORDS.test(shown) && !NO_TEXT.some((no) => no.test(shown));
      assert.ok(!isText || path === 'shared/text.js', `${path} has the text “${shown}”`);
    }
  }
});

test('no text stands in a document', () => {
  for (const [path, source] of sources('.html')) {
    const body = source.replace(/<noscript>.*<\/noscript>/s, '').replaceAll(/<!doctype html>/g, '');
    const words = body.replaceAll(/<[^>]*>/g, ' ').split(/\s+/);
    const shown = words.filter((word) => /\w{2}/.test(word));
    assert.deepEqual(shown.filter((word) => !['Boxoffice', 'nbsp'].some((known) =>
      word.includes(known))), [], path);
    assert.doesNotMatch(body, /aria-label="|title="|placeholder="/, path);
  }
});
