// Money, times and numbers as the reader's language writes them.

const number = new Intl.NumberFormat();
const day = new Intl.DateTimeFormat(undefined, {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
  hour: '2-digit', minute: '2-digit',
});
const currencies = new Map();

/** An amount of minor units: 4500 of EUR is €45.00. */
export function money(minor, currency) {
  let format = currencies.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    currencies.set(currency, format);
  }
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

/** 12345 as 12,345. */
export const count = (value) => number.format(value);

/** A program's message as a person writes it. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Where visitors are not let in. */
export const FOR_OTHERS =
  'This server sells to signed-in customers only, and one cannot sign in on this page.';

/** `1 seat`, `3 seats`. */
export const counted = (value, one, many = `${one}s`) =>
  `${count(value)} ${value === 1 ? one : many}`;

/** When an event begins, where the reader is. */
export const dateTime = (rfc3339) => day.format(new Date(rfc3339));

/** Letters of scripts that are written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** A name that leaves what stands around it where it is, whichever way its letters go. */
export const isolated = (name) => (LEFTWARD.test(name) ? `\u2068${name}\u2069` : name);

/** `A1, A2 and A3`. */
export const listed = (texts) => new Intl.ListFormat().format(texts);

/** Milliseconds as minutes and seconds, rounded up: what is left never looks like nothing. */
export function minutesAndSeconds(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
