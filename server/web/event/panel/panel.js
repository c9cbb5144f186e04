// The panel's steps, drawn from what the booking and the choice are now.

import { announce, byId, element, say } from '../../shared/dom.js';
import { counted, listed, money } from '../../shared/format.js';
import { Countdown } from './countdown.js';
import { places, sectionTitle } from '../descriptions.js';

export class Panel {
  #booking;
  #overlay;
  #state;
  #event;
  #countdown = new Countdown();
  #counted = '';
  /** Whether no place is free. */
  #isFull = false;
  #step;

  constructor({ booking, overlay, act }) {
    this.#booking = booking;
    this.#overlay = overlay;
    byId('confirm').onclick = () => booking.confirm();
    byId('release').onclick = () => booking.release();
    byId('again').onclick = () => booking.again();
    byId('clear').onclick = () => overlay.drop(overlay.chosen);
    byId('hold').onclick = () => booking.hold({ seats: overlay.labels(overlay.chosen) });
    byId('best').onsubmit = (submit) => {
      submit.preventDefault();
      booking.hold({ best: best() });
    };
    byId('chosen-places').onclick = ({ target }) => {
      if (target.dataset.seat) act.drop(target.dataset.seat);
    };
  }

  /** Another state, or other terms: those leave what somebody has typed or chosen as it is. */
  show(state, event) {
    const isOther = state !== this.#state || event.currency !== this.#event.currency;
    this.#state = state;
    this.#event = event;
    if (isOther) offer(state.seated, event.currency);
    const most = event.max_per_customer;
    const wanted = byId('best-count');
    wanted.max = most ?? 100;
    if (most && Number(wanted.value) > most) wanted.value = most;
    byId('rule').hidden = !most;
    if (most) say(byId('rule'), `At most ${counted(most, 'place')} a person.`);
    this.count();
    this.draw();
  }

  /** The state has other counts now. */
  count() {
    const wasFull = this.#isFull;
    this.#isFull = this.#state.sections.every(({ counts }) => counts.free === 0);
    if (this.#isFull !== wasFull) this.draw();
  }

  /** Draws everything as it is now. */
  draw() {
    if (!this.#state) return;
    const { step, busy, reservation } = this.#booking;
    const isOpen = this.#event.sales === 'open';
    byId('choose').hidden = step !== 'choose' || !isOpen || this.#isFull;
    byId('sold-out').hidden = step !== 'choose' || !isOpen || !this.#isFull;
    byId('closed').hidden = isOpen || step === 'held';
    byId('held').hidden = step !== 'held';
    byId('booked').hidden = step !== 'booked';
    for (const button of document.querySelectorAll('.step .button')) button.disabled = busy;
    this.#drawChosen();
    if (step === 'held') this.#drawHeld(reservation);
    else this.#countdown.stop();
    if (step === 'booked') this.#drawBooked(reservation);
    if (step !== this.#step) this.#arrive(step);
    this.#step = step;
  }

  #drawChosen() {
    const labels = this.#overlay.labels(this.#overlay.chosen);
    byId('chosen').hidden = labels.length === 0;
    byId('hint').hidden = labels.length > 0 || this.#state.seated.length === 0;
    fill(byId('chosen-places'), labels, (label) =>
      element('button', { type: 'button', 'data-seat': label, 'aria-label': `Give back ${label}` },
        label));
    const total = [...this.#overlay.chosen].reduce((sum, seat) => sum + this.#state.price(seat), 0);
    say(byId('chosen-total'), money(total, this.#event.currency));
    say(byId('hold'), `Hold ${counted(labels.length, 'seat')}`);
  }

  #drawHeld(reservation) {
    fill(byId('held-places'), places(reservation));
    say(byId('held-total'), money(reservation.total, reservation.currency));
    if (this.#counted === reservation.expires_at && this.#step === 'held') return;
    this.#counted = reservation.expires_at;
    this.#countdown.start(Date.parse(reservation.expires_at), this.#booking.since,
      () => this.#booking.due());
  }

  #drawBooked(reservation) {
    fill(byId('booked-places'), places(reservation));
    say(byId('booked-total'), money(reservation.total, reservation.currency));
    say(byId('booked-reference'), reservation.id);
  }

  /** A new step: whoever uses the keyboard or listens is brought to it. */
  #arrive(step) {
    document.title = `${this.#event.name} · Boxoffice`;
    if (this.#step === undefined) return;
    const title = byId(`${step}-title`);
    (title.checkVisibility() ? title : byId('panel')).focus({ preventScroll: true });
    if (step !== 'choose') byId(step).scrollIntoView({ block: 'nearest' });
    if (step === 'held') {
      announce(`Held for you: ${listed(places(this.#booking.reservation))}. Confirm to book.`);
    } else if (step === 'booked') {
      announce('Booked.');
    }
  }
}

/** Lets the form of best seats ask for these sections. */
function offer(seated, currency) {
  byId('best').hidden = seated.length === 0;
  byId('best-section-field').hidden = seated.length < 2;
  const options = seated.map((section) =>
    element('option', { value: section.name }, sectionTitle(section, currency)));
  byId('best-section').replaceChildren(element('option', { value: '' }, 'Anywhere'), ...options);
}

/** What the form of best seats asks for. */
function best() {
  const places = Number(byId('best-count').value);
  const wish = { places, together: byId('best-together').checked };
  const section = byId('best-section').value;
  return section ? { ...wish, section } : wish;
}

/** Makes a list show these texts, and touches it only if it does not. */
function fill(list, texts, dress = (text) => text) {
  const key = texts.join('\n');
  if (list.dataset.shows === key) return;
  list.dataset.shows = key;
  list.replaceChildren(...texts.map((text) => element('li', {}, dress(text))));
}
