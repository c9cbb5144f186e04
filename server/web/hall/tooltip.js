// A tooltip beside the mouse.

import { element, say } from '../shared/dom.js';

/** Room between the tooltip and the surface's edge, in pixels. */
const EDGE = 8;

/**
 * Shows a tooltip while the mouse is over something: `textAt` says what is at a position on the
 * surface, in pixels. Returns a function that shows it at a position at once, for a touch.
 */
export function showTooltips(surface, textAt) {
  const tip = element('p', { class: 'tip', 'aria-hidden': 'true', hidden: '' });
  surface.parentElement.append(tip);
  const hide = () => {
    tip.hidden = true;
  };
  const show = (at) => {
    const text = textAt(at);
    if (text === undefined) return hide();
    say(tip, text);
    tip.hidden = false;
    const beside = Math.min(at.x + 14, surface.clientWidth - tip.offsetWidth - EDGE);
    const below = Math.min(at.y + 18, surface.clientHeight - tip.offsetHeight - EDGE);
    tip.style.transform = `translate(${Math.max(EDGE, beside)}px, ${below}px)`;
    return undefined;
  };
  surface.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'mouse' || event.buttons !== 0) return hide();
    const box = surface.getBoundingClientRect();
    return show({ x: event.clientX - box.left, y: event.clientY - box.top });
  });
  surface.addEventListener('pointerleave', hide);
  surface.addEventListener('pointerdown', hide);
  return show;
}
