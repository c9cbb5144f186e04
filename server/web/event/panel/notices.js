// What happened, in a box above everything else, with what can be done about it.

import { byId, say } from '../../shared/dom.js';
import { listed, sentence } from '../../shared/format.js';

/** Refusals in a visitor's words; the server's own are for programs. */
const WORDS = {
  Busy: () => 'The server is very busy. Please try again.',
  HoldExpired: () => 'The time ran out, and the places were given back.',
  LimitExceeded: ({ limit, have }) =>
    `One person can have ${limit} places of this event${have > 0 ? `, and you have ${have}` : ''}.`,
  OutcomeUnknown: () => 'It is not certain whether that worked. Please try the same again.',
  SalesClosed: () => 'Sales are closed.',
  SoldOut: ({ free }) =>
    (free > 0 ? `There are not so many left: ${free} are free.` : 'That is sold out.'),
  NotAllowed: () => 'The server does not know you any more. Please load this page again.',
  NotTogether: ({ largest }) =>
    `There are not so many free seats beside each other; the most are ${largest}.`,
  Unavailable: () => 'The server cannot take bookings just now. Please try again shortly.',
  Unreachable: () => 'The server cannot be reached. Please try again.',
};

export class Notices {
  constructor() {
    byId('notice-close').onclick = () => this.clear();
  }

  /** Shows a text; `act` is `{label, run}`. */
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

  /** Shows why a request was refused. */
  refusal(error, act) {
    this.show(WORDS[error.name]?.(error.fields ?? {}) ?? sentence(error.message), act);
  }

  /** Somebody else has these seats; `instead` are free ones nearby, `take` chooses them. */
  lost(labels, instead, take) {
    const [are, seats] = labels.length === 1 ? ['is', 'Seat'] : ['are', 'Seats'];
    const text = `Somebody was quicker: ${seats.toLowerCase()} ${listed(labels)} ${are} taken.`;
    if (instead.length === 0) {
      this.show(`${text} No other seat of that section is free.`);
      return;
    }
    const these = listed(instead);
    this.show(`${text} Nearest free: ${these}.`, { label: `Take ${these} instead`, run: take });
  }
}
