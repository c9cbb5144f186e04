// The panel beside the map: the step of the booking, and the chosen, held or booked places.

import { announce, byId, element, say } from '../../shared/dom.js';
import { counted, listed, money } from '../../shared/format.js';
import { text } from '../../shared/text.js';
import { describePlaces } from '../../shared/places.js';
import { sectionTitle } from '../descriptions.js';
import { closedTexts } from '../state/terms.js';
import { Countdown } from './countdown.js';
import { Opening } from './opening.js';
import { TicketFields } from './ticket-fields.js';

export class Panel {
  #booking;
  #overlay;
  #state;
  #event;
  #countdown = new Countdown();
  #opening;
  #chosenTickets = new TicketFields('chosen', () => this.#drawTotal());
  #bestTickets = new TicketFields('best', () => this.#countBest());
  /** The end that the countdown runs to. */
  #countsTo = '';
  /** Whether no place of the event is free. */
  #isFull = false;
  #step;

  constructor({ booking, overlay, act }) {
    this.#booking = booking;
    this.#overlay = overlay;
    this.#opening = new Opening(act.renew);
    byId('confirm').onclick = () => booking.confirm();
    byId('release').onclick = () => booking.release();
    byId('again').onclick = () => booking.again();
    byId('clear').onclick = () => overlay.drop(overlay.chosen);
    byId('hold').onclick = () => booking.hold({
      seats: overlay.labels(overlay.chosen), types: this.#chosenTickets.of(overlay.chosen.size),
      at_most: this.#total() ?? undefined,
    });
    byId('best').onsubmit = (submit) => {
      submit.preventDefault();
      const best = bestSeats();
      const dearest = best.places * this.#state.dearest(best.section);
      const { places } = best;
      booking.hold({
        best, types: this.#bestTickets.of(places),
        at_most: this.#bestTickets.most(places) ?? dearest,
      });
    };
    byId('best-count').oninput = () => this.#countBest();
    byId('best-section').onchange = () => this.#offerBestTickets();
    byId('chosen-types').replaceChildren(this.#chosenTickets.root);
    byId('best-types').replaceChildren(this.#bestTickets.root);
    byId('chosen-places').onclick = ({ target }) => {
      if (target.dataset.seat) act.drop(target.dataset.seat);
    };
  }

  /** Shows a state and the terms. New terms alone leave typed numbers and choices as they are. */
  show(state, event) {
    const isNew = state !== this.#state || event.currency !== this.#event.currency;
    this.#state = state;
    this.#event = event;
    if (isNew) offerSections(state.seated, event);
    const most = event.max_per_customer;
    const wanted = byId('best-count');
    wanted.max = most ?? 100;
    if (most && Number(wanted.value) > most) wanted.value = most;
    byId('rule').hidden = !most;
    if (most) say(byId('rule'), text('rule', { places: counted('places', most) }));
    this.#chosenTickets.show(state.seated.map(({ name }) => name), event);
    this.#offerBestTickets();
    this.#opening.show(event);
    this.count();
    this.draw();
  }

  /** Notices whether any place is free. */
  count() {
    const wasFull = this.#isFull;
    this.#isFull = this.#state.sections.every(({ counts }) => counts.free === 0);
    if (this.#isFull !== wasFull) this.draw();
  }

  /** Draws the booking and the choice as they are now. */
  draw() {
    if (!this.#state) return;
    const { step, busy, reservation } = this.#booking;
    const isOpen = this.#event.sales === 'open';
    byId('choose').hidden = step !== 'choose' || !isOpen || this.#isFull;
    byId('sold-out').hidden = step !== 'choose' || !isOpen || !this.#isFull;
    byId('closed').hidden = isOpen || step === 'held';
    if (!isOpen) this.#drawClosed();
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

  #drawClosed() {
    const { title, why, fields } = closedTexts(this.#event);
    say(byId('closed-title'), text(title));
    say(byId('closed-why'), text(why, fields));
  }

  #drawChosen() {
    const labels = this.#overlay.labels(this.#overlay.chosen);
    const isOpen = this.#event.sales === 'open';
    byId('chosen').hidden = labels.length === 0 || this.#booking.step !== 'choose';
    byId('hold').hidden = !isOpen;
    byId('chosen-closed').hidden = isOpen;
    if (!isOpen) say(byId('chosen-closed'), text(closedTexts(this.#event).said));
    byId('hint').hidden = labels.length > 0 || this.#state.seated.length === 0;
    fill(byId('chosen-places'), labels, (label) =>
      element('button',
        { type: 'button', 'data-seat': label, 'aria-label': text('giveBack', { seat: label }) },
        label));
    this.#drawTotal();
    say(byId('hold'), counted('holdSeats', labels.length));
  }

  #drawTotal() {
    this.#chosenTickets.count(this.#overlay.chosen.size);
    const total = this.#total();
    say(byId('chosen-total'), total === null ? text('notSoldThere') : money(total, this.#event));
  }

  /** What the chosen seats cost; null if they have tickets that are not sold there. */
  #total() {
    const { chosen } = this.#overlay;
    const types = this.#chosenTickets.of(chosen.size);
    if (types === undefined) return this.#state.total(chosen);
    const seats = [...chosen].sort((a, b) => a - b);
    return this.#event.tickets.total(
      seats.map((seat) => this.#state.row(seat).section.name), types);
  }

  #offerBestTickets() {
    const section = byId('best-section').value;
    const all = this.#state.seated.map(({ name }) => name);
    this.#bestTickets.show(section ? [section] : all, this.#event);
    this.#countBest();
  }

  #countBest() {
    this.#bestTickets.count(Number(byId('best-count').value));
  }

  #drawHeld(reservation) {
    fill(byId('held-places'), describePlaces(reservation));
    say(byId('held-total'), money(reservation.total, reservation));
    if (this.#countsTo === reservation.expires_at && this.#step === 'held') return;
    this.#countsTo = reservation.expires_at;
    this.#countdown.start(Date.parse(reservation.expires_at), this.#booking.since,
      () => this.#booking.check());
  }

  #drawBooked(reservation) {
    fill(byId('booked-places'), describePlaces(reservation));
    say(byId('booked-total'), money(reservation.total, reservation));
    say(byId('booked-reference'), reservation.code);
    byId('booked-reference').dataset.reservation = reservation.id;
  }

  /** Focuses and announces a new step, for users of keyboards and screen readers. */
  #arrive(step) {
    document.title = text('titled', this.#event);
    if (this.#step === undefined) return;
    const title = byId(`${step}-title`);
    (title.checkVisibility() ? title : byId('panel')).focus({ preventScroll: true });
    if (step !== 'choose') byId(step).scrollIntoView({ block: 'nearest' });
    if (step === 'held') {
      const places = listed(describePlaces(this.#booking.reservation));
      announce(text('saidHeld', { places }));
    } else if (step === 'booked') {
      announce(text('saidBooked'));
    }
  }
}

/** Offers these sections in the form for best seats. */
function offerSections(seated, terms) {
  byId('best').hidden = seated.length === 0;
  byId('best-section-field').hidden = seated.length < 2;
  const options = seated.map((section) =>
    element('option', { value: section.name }, sectionTitle(section, terms)));
  const anywhere = element('option', { value: '' }, text('anywhere'));
  byId('best-section').replaceChildren(anywhere, ...options);
}

/** The selection that the form for best seats asks for. */
function bestSeats() {
  const places = Number(byId('best-count').value);
  const best = { places, together: byId('best-together').checked };
  const section = byId('best-section').value;
  return section ? { ...best, section } : best;
}

/** Fills a list with these texts, unless it shows them already. */
function fill(list, texts, dress = (shown) => shown) {
  const key = texts.join('\n');
  if (list.dataset.shows === key) return;
  list.dataset.shows = key;
  list.replaceChildren(...texts.map((shown) => element('li', {}, dress(shown))));
}
