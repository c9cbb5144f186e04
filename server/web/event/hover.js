// What is under the mouse, in words beside it: a seat, or from afar a section.

import { element, say } from '/web/shared/dom.js';
import { sectionInWords } from './blocks.js';
import { seatInWords } from './places.js';

/** Shows a tip while the mouse rests on something. */
export function showTips(surface, plan, look, currency) {
  const tip = element('p', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
  surface.parentElement.append(tip);
  const hide = () => {
    tip.hidden = true;
  };
  const wordsAt = ({ x, y }) => {
    const section = plan.ground.blockAt(x, y)?.section;
    if (section && (plan.far || section.standing)) return sectionInWords(section, currency);
    const seat = plan.ground.seatAt(x, y);
    return seat === undefined ? undefined
      : seatInWords(plan.house, seat, look.of(seat), currency);
  };
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 0 || !plan.house) return hide();
    const box = surface.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const words = wordsAt(plan.camera.toGround(left, top));
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
