// A box above everything else that says what happened, with a button for what can be done about it.

import { byId, say } from '../../shared/dom.js';
import { listed } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { refusalText } from '../../shared/refusal-text.js';

export class Notices {
  constructor() {
    byId('notice-close').onclick = () => this.clear();
  }

  /** Shows a text, and a button if there is an `act`: `{label, run}`. */
  show(what, act) {
    const button = byId('notice-act');
    button.hidden = !act;
    say(button, act?.label ?? '');
    button.onclick = () => {
      this.clear();
      act.run();
    };
    byId('notice').hidden = false;
    say(byId('notice-text'), what);
  }

  clear() {
    byId('notice').hidden = true;
    say(byId('notice-text'), '');
  }

  /** Shows why a request failed. */
  refusal(error, act) {
    this.show(refusalText(error), act);
  }

  /** Seats were lost to another customer; `take` chooses the free ones offered `instead`. */
  lost(labels, instead, take) {
    const lost = text('lostSeats', { n: labels.length, seats: listed(labels) });
    if (instead.length === 0) {
      this.show(`${lost} ${text('noneNear')}`);
      return;
    }
    const seats = listed(instead);
    this.show(`${lost} ${text('nearest', { seats })}`,
      { label: text('takeInstead', { seats }), run: take });
  }
}
