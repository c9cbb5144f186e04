// What is under the mouse, in words beside it: a seat, or from afar a section.

import { element, say } from '../../shared/dom.js';
import { describeSection } from './section-blocks.js';
import { describeSeat } from '../descriptions.js';

/** Shows a tip while the mouse rests on something. */
export function showTooltips(surface, map, overlay, currency) {
  const tip = element('p', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
  surface.parentElement.append(tip);
  const hide = () => {
    tip.hidden = true;
  };
  const wordsAt = ({ x, y }) => {
    const section = map.layout.blockAt(x, y)?.section;
    if (section && (map.far || section.standing)) return describeSection(section, currency);
    const seat = map.layout.seatAt(x, y);
    return seat === undefined ? undefined
      : describeSeat(map.state, seat, overlay.look(seat), currency);
  };
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 0 || !map.state) return hide();
    const box = surface.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const words = wordsAt(map.camera.toMap(left, top));
    if (words === undefined) return hide();
    say(tip, words);
    tip.hidden = false;
    const beside = Math.min(left + 14, box.width - tip.offsetWidth - 8);
    tip.style.transform = `translate(${Math.max(8, beside)}px, ${top + 18}px)`;
    return undefined;
  });
  surface.addEventListener('pointerleave', hide);
  surface.addEventListener('pointerdown', hide);
}
