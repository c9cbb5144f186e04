// Money, dates, numbers and lists, written as the reader's language writes them.

import { decimalsOf } from './currency.js';

/** The formats of a locale and a time zone; without them, the browser's. */
export function formatsOf(locale, timeZone) {
  const number = new Intl.NumberFormat(locale);
  const list = new Intl.ListFormat(locale);
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
    hour: '2-digit', minute: '2-digit', timeZone,
  });
  const currencies = new Map();

  /** An amount in minor units: 4500 of EUR is €45.00, 4500 of JPY is ¥4,500. */
  function money(minor, currency) {
    const decimals = decimalsOf(currency);
    let format = currencies.get(currency);
    if (!format) {
      format = new Intl.NumberFormat(locale, {
        style: 'currency', currency,
        minimumFractionDigits: decimals, maximumFractionDigits: decimals,
      });
      currencies.set(currency, format);
    }
    return format.format(minor / 10 ** decimals);
  }

  /** 12345 as `12,345`. */
  const count = (value) => number.format(value);

  /** `1 seat`, `3 seats`. */
  const counted = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

  /** A date and time of day, like the beginning of an event. */
  const dateTime = (rfc3339) => day.format(new Date(rfc3339));

  /** `A1, A2 and A3`. */
  const listed = (texts) => list.format(texts);

  return { money, count, counted, dateTime, listed };
}

export const { money, count, counted, dateTime, listed } = formatsOf();

/** Turns the server's message, like `no such event`, into a sentence. */
export const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** The notice on a server that admits no visitors. */
export const SIGNED_IN_ONLY =
  'This server sells to signed-in customers only, and one cannot sign in on this page.';

/** Letters of scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Isolates a name's direction: a right-to-left name does not reorder the text around it. */
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** Milliseconds as `1:05`, rounded up, so that the last second is not shown as 0:00. */
export function minutesAndSeconds(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
