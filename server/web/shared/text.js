// The pages' texts in the language that the browser wants first, of those that there are.

import { ENGLISH } from './texts/english.js';
import { GERMAN } from './texts/german.js';

export const TABLES = { en: ENGLISH, de: GERMAN };

/** The locale to write in, such as `de-AT`: the first wanted one that there is a table for. */
export const localeOf = (wanted) => wanted.find((locale) => locale.split('-')[0] in TABLES) ?? 'en';

/** The browser's; English in tests that have none. */
export const locale = localeOf(globalThis.document ? globalThis.navigator?.languages ?? [] : []);

const table = TABLES[locale.split('-')[0]];

/** The text of this name, with these values in it. */
export function text(name, values = {}) {
  const entry = table[name];
  if (entry === undefined) throw new Error(name);
  return typeof entry === 'function' ? entry(values) : entry;
}

/** Writes the texts that the document names: `data-text` for a content, `data-label` for a name. */
export function writeTexts() {
  document.documentElement.lang = locale;
  for (const node of document.querySelectorAll('[data-text]')) {
    node.textContent = text(node.dataset.text);
  }
  for (const node of document.querySelectorAll('[data-label]')) {
    node.setAttribute('aria-label', text(node.dataset.label));
  }
}
