// A tooltip beside the mouse: the seat under it, or from afar the section.

import { element, say } from '../../shared/dom.js';
import { describeSeat, describeSection } from '../descriptions.js';

/** Shows a tooltip while the mouse is over a seat or section of the map. */
export function showTooltips(surface, map, overlay, terms) {
  const tip = element('p', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
  surface.parentElement.append(tip);
  const hide = () => {
    tip.hidden = true;
  };
  const textAt = ({ x, y }) => {
    const section = map.layout.blockAt(x, y)?.section;
    if (section && (map.far || section.standing)) return describeSection(section, terms);
    const seat = map.layout.seatAt(x, y);
    return seat === undefined ? undefined
      : describeSeat(map.state, seat, overlay.look(seat), terms);
  };
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 0 || !map.state) return hide();
    const box = surface.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const text = textAt(map.camera.toMap(left, top));
    if (text === undefined) return hide();
    say(tip, text);
    tip.hidden = false;
    const beside = Math.min(left + 14, box.width - tip.offsetWidth - 8);
    tip.style.transform = `translate(${Math.max(8, beside)}px, ${top + 18}px)`;
    return undefined;
  });
  surface.addEventListener('pointerleave', hide);
  surface.addEventListener('pointerdown', hide);
}
