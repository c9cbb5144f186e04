// The texts and figures of an event's card in the list.

import { count, money, zonedTime } from '../shared/format.js';
import { text } from '../shared/text.js';

const SALES = { cancelled: 'salesCancelled', ended: 'salesEnded' };

/** How much of an event can be bought. */
export function availability({ sales, sales_from: from, free, held }) {
  if (sales === 'scheduled' && from) return text('salesScheduled', { when: zonedTime(from) });
  if (sales !== 'open') return text(SALES[sales] ?? 'salesClosed');
  if (free > 0) return text('left', { free: count(free) });
  return text(held > 0 ? 'allHeldOrSold' : 'soldOut');
}

/** The lowest and the highest price, or the only one. */
export function priceRange(event) {
  const [lowest, highest] = [money(event.price_min, event), money(event.price_max, event)];
  return lowest === highest ? lowest : `${lowest} – ${highest}`;
}

/** The shares of an event's capacity that are free and held. */
export function shares({ free, held, sold, blocked }) {
  const capacity = free + held + sold + blocked;
  return { free: free / capacity, held: held / capacity };
}
