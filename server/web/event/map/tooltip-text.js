// What a tooltip on the map says: the seat under the mouse, or from afar the section.

import { describeSeat, describeSection } from '../descriptions.js';

/** The text at a position in pixels; undefined where there is nothing. */
export function textAt({ x: left, y: top }, map, overlay, terms) {
  if (!map.state) return undefined;
  const { x, y } = map.camera.toMap(left, top);
  const section = map.layout.blockAt(x, y)?.section;
  if (section && (map.far || section.standing)) return describeSection(section, terms);
  const seat = map.layout.seatAt(x, y);
  return seat === undefined ? undefined : describeSeat(map.state, seat, overlay.look(seat), terms);
}
