// A booking's way: choose, held, booked, or back. It talks to the server and knows no elements;
// `tell` is called after every step, `notify` with what the visitor should read.

import { insist, isNotNow } from '../../shared/api.js';
import { serverNow } from '../../shared/clock.js';
import { uuid7 } from '../../shared/uuid.js';
import { lockHold } from './hold-lock.js';

/** The same wish within this time is the same request sent again. */
const AGAIN_MS = 60_000;

export class Booking {
  /** `choose`, `held` or `booked`. */
  step = 'choose';
  /** Whether an answer is being waited for. */
  busy = false;
  /** The reservation that is held or was just booked. */
  reservation = null;
  /** When it was first seen, in the server's time: how long the countdown was at its beginning. */
  since = 0;
  #path;
  #overlay;
  #tell;
  #notify;
  /** The hold that is asked for, or whose answer never came: asked again, it has the same id. */
  #asked = null;

  constructor({ path, overlay, tell, notify }) {
    this.#path = `${path}/reservations`;
    this.#overlay = overlay;
    this.#tell = tell;
    this.#notify = notify;
  }

  /** Asks for places: `{seats}`, `{best}` or `{standing}`. */
  async hold(selection) {
    if (this.busy || this.step === 'held') return;
    const wish = JSON.stringify(selection);
    const isAgain = this.#asked?.wish === wish && serverNow() - this.#asked.at < AGAIN_MS;
    this.#overlay.expect();
    await this.#during(async () => {
      try {
        if (!isAgain) await this.#ask(wish);
        const { id } = this.#asked;
        this.#take(await insist('POST', this.#path, { id, ...selection }));
        this.#asked = null;
      } catch (error) {
        if (!isNotNow(error)) this.#asked = null;
        this.#notify.refused(error, selection);
      } finally {
        this.#overlay.settle();
      }
    });
  }

  /** Goes on with a hold of this visitor that the page has not asked for itself. */
  resume(reservation) {
    this.#take(reservation);
    this.#tell();
  }

  async confirm() {
    await this.#change('confirm');
  }

  async release() {
    await this.#change('release');
  }

  /** The countdown came to its end, or the seats were given away: what does the server say? */
  async due() {
    if (this.busy || this.step !== 'held') return;
    await this.#during(async () => {
      try {
        this.#take(await insist('GET', `${this.#path}/${this.reservation.id}`));
      } catch (error) {
        if (error.status === 404) this.#lose(this.reservation.version);
        else this.#notify.refused(error);
      }
    });
  }

  /** Back to the beginning, with another booking in mind. */
  again() {
    this.step = 'choose';
    this.reservation = null;
    this.#tell();
  }

  /** The event is no more, and nothing of it anybody's. */
  forget() {
    if (this.step !== 'held') return;
    this.#overlay.giveBack(this.reservation.seats, this.reservation.version);
    this.again();
  }

  /** Gives everything back without waiting for an answer: the visitor leaves. */
  leave() {
    const id = this.step === 'held' ? this.reservation.id : this.#asked?.id;
    if (id === undefined) return;
    const body = new Blob(['{}'], { type: 'application/json' });
    navigator.sendBeacon(`${this.#path}/${id}/release`, body);
  }

  /** Another wish. What may be held by the one before is given back: it would block its places. */
  async #ask(wish) {
    if (this.#asked) await this.#giveBack(this.#asked.id);
    this.#asked = { wish, at: serverNow(), id: uuid7(serverNow()) };
    lockHold(this.#asked.id);
  }

  /** Whatever the server answers, nothing is held by this id then. */
  async #giveBack(id) {
    try {
      await insist('POST', `${this.#path}/${id}/release`, {});
    } catch (error) {
      if (isNotNow(error)) throw error;
    }
  }

  async #change(what) {
    if (this.busy || this.step !== 'held') return;
    await this.#during(async () => {
      try {
        this.#take(await insist('POST', `${this.#path}/${this.reservation.id}/${what}`, {}));
      } catch (error) {
        if (error.name === 'HoldExpired' || error.status === 404) {
          this.#lose(error.fields.version ?? 0);
        } else {
          this.#notify.refused(error);
        }
      }
    });
  }

  async #during(work) {
    this.busy = true;
    this.#tell();
    try {
      await work();
    } finally {
      this.busy = false;
      this.#tell();
    }
  }

  /** What the server says of the reservation now. */
  #take(reservation) {
    const { status, seats, version } = reservation;
    if (status === 'held' || status === 'confirmed') {
      if (this.step !== 'held') this.since = serverNow();
      this.step = status === 'held' ? 'held' : 'booked';
      this.reservation = reservation;
      this.#overlay.keep(seats, version);
    } else if (status === 'expired') {
      this.reservation ??= reservation;
      this.#lose(version);
    } else {
      this.#overlay.giveBack(seats.length > 0 ? seats : this.reservation?.seats ?? [], version);
      this.again();
      this.#notify.released();
    }
  }

  #lose(version) {
    const { seats, standing } = this.reservation;
    this.#overlay.giveBack(seats, version);
    this.again();
    this.#notify.expired({ seats, standing });
  }
}
