// A box above everything else that says what happened, with a button for what can be done about it.

import { byId, say } from '../../shared/dom.js';
import { listed } from '../../shared/format.js';
import { refusalText } from './refusal-text.js';

export class Notices {
  constructor() {
    byId('notice-close').onclick = () => this.clear();
  }

  /** Shows a text, and a button if there is an `act`: `{label, run}`. */
  show(text, act) {
    const button = byId('notice-act');
    button.hidden = !act;
    say(button, act?.label ?? '');
    button.onclick = () => {
      this.clear();
      act.run();
    };
    byId('notice').hidden = false;
    say(byId('notice-text'), text);
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
    const [are, seats] = labels.length === 1 ? ['is', 'seat'] : ['are', 'seats'];
    const text = `Somebody was quicker: ${seats} ${listed(labels)} ${are} taken.`;
    if (instead.length === 0) {
      this.show(`${text} No other seat of that section is free.`);
      return;
    }
    const these = listed(instead);
    this.show(`${text} Nearest free: ${these}.`, { label: `Take ${these} instead`, run: take });
  }
}
