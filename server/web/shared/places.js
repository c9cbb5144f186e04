// The places of a reservation in words.

import { counted, isolated } from './format.js';
import { text } from './text.js';

/** The places of a reservation: one text a seat, or one for all standing places. */
export function describePlaces({ seats, standing }) {
  if (!standing) return seats.map(isolated);
  const places = counted('places', standing.places);
  return [text('placesIn', { places, section: isolated(standing.section) })];
}
