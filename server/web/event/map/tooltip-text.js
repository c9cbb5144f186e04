// What a tooltip on the map says: the seat under the mouse, or from afar the section.

import { describeSeat, describeSection } from '../descriptions.js';

/** The text at a position in pixels; undefined where there is nothing. */
export function textAt(position, map, overlay, terms) {
  if (!map.state) return undefined;
  const section = map.sectionAt(position);
  if (section && (map.far || section.standing)) return describeSection(section, terms);
  const seat = map.seatAt(position);
  return seat === undefined ? undefined : describeSeat(map.state, seat, overlay.look(seat), terms);
}
