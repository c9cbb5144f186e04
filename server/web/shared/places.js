// The places of a reservation in words.

import { count, counted, isolated } from './format.js';
import { text } from './text.js';

/** The places of a reservation: one text a seat, or one for all standing places. */
export function describePlaces({ seats, standing, types }) {
  if (!standing) return seats.map((seat, place) => of(isolated(seat), types?.[place]));
  const places = counted('places', standing.places);
  const counts = Object.entries(types ?? {}).map(([type, n]) => `${isolated(type)} ${count(n)}`);
  const described = text('placesIn', { places, section: isolated(standing.section) });
  return [of(described, counts.join(', '))];
}

/** A place with the type of its ticket, if that is told. */
const of = (place, type) => (type ? `${place} (${isolated(type)})` : place);
