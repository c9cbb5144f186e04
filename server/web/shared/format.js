// Money, dates, numbers and lists, written as the reader's language writes them.

import { locale as wanted, text } from './text.js';

/** The formats of a locale and a time zone; without one, the browser's. */
export function formatsOf(locale, timeZone) {
  const number = new Intl.NumberFormat(locale);
  const list = new Intl.ListFormat(locale);
  const [day, venueDay] = [timeZone, 'UTC'].map((zone) => new Intl.DateTimeFormat(locale, {
    weekday: 'short', day: 'numeric', month: 'short', year: 'numeric',
    hour: '2-digit', minute: '2-digit', timeZone: zone,
  }));
  const currencies = new Map();

  /**
   * An amount in the minor units of an event or a reservation: 4500 of EUR is €45.00, 4500 of JPY
   * is ¥4,500. Its digits are told by the server; those of `Intl` are for display, and HUF has
   * none there.
   */
  function money(minor, { currency, currency_digits: decimals }) {
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

  /** A date and time of day of the reader. */
  const dateTime = (rfc3339) => day.format(new Date(rfc3339));

  /**
   * A time as the clocks of its venue show it, and as those of the reader do where that is another
   * time. The local time is the server's: a browser may know other rules.
   */
  function zonedTime({ at, local, zone }) {
    const [own, there] = [dateTime(at), venueDay.format(new Date(`${local}Z`))];
    const shown = `${there} (${zone})`;
    return own === there ? shown : text('venueTime', { shown, own });
  }

  /** When an event begins, and where. */
  function timeAndPlace({ starts_at: at, starts_local: local, zone, venue }) {
    const starts = zonedTime({ at, local, zone });
    return venue === undefined ? starts : `${starts} · ${isolated(venue)}`;
  }

  /** `A1, A2 and A3`. */
  const listed = (texts) => list.format(texts);

  return { money, count, timeAndPlace, zonedTime, listed };
}

export const { money, count, timeAndPlace, zonedTime, listed } = formatsOf(wanted);

/** The text of this name about a number of things, like `3 places`. */
export const counted = (name, n) => text(name, { n, count: count(n) });

/** Letters of scripts that are written from right to left. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Isolates a name's direction: a right-to-left name does not reorder the text around it. */
export const isolated = (name) => (RIGHT_TO_LEFT.test(name) ? `\u2068${name}\u2069` : name);

/** A span of time by its two largest units, like `3 h 12 min`. */
export function duration(ms) {
  const seconds = Math.floor(ms / 1_000);
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** Milliseconds as `1:05`, rounded up, so that the last second is not shown as 0:00. */
export function minutesAndSeconds(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
