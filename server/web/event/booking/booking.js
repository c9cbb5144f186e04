// The steps of a booking: choose, held, booked, and back. It talks to the server and knows no
// element of the page. `tell` is called after every step, `notify` with what went wrong.

import { insist, isTransient } from '../../shared/api.js';
import { serverNow } from '../../shared/clock.js';
import { uuid7 } from '../../shared/uuid.js';

/** The same selection within this time is the same request, sent again with its id. */
const RETRY_MS = 60_000;

export class Booking {
  /** `choose`, `held` or `booked`. */
  step = 'choose';
  /** Whether an answer is awaited. */
  busy = false;
  /** The reservation that is held or was just booked. */
  reservation = null;
  /** When the hold was first seen, in the server's time: the beginning of its countdown. */
  since = 0;
  #path;
  #overlay;
  #keeper;
  #tell;
  #notify;
  /** The hold under way, or whose answer never came: `{selection, at, id}`. */
  #pending = null;

  /**
   * `keeper` has `keep(path, reservation)` and `forget(id)` for the tab's next pages, and
   * `tellTabs(reservation)` for its neighbours.
   */
  constructor({ path, overlay, keeper, tell, notify }) {
    this.#path = `${path}/reservations`;
    this.#overlay = overlay;
    this.#keeper = keeper;
    this.#tell = tell;
    this.#notify = notify;
  }

  /** Holds places: `{seats}`, `{best}` or `{standing}`. */
  async hold(selection) {
    if (this.busy || this.step === 'held') return;
    this.#overlay.expectAnswer();
    await this.#during(async () => {
      try {
        const id = await this.#idFor(selection);
        this.#take(await insist('POST', this.#path, { id, ...selection }));
        this.#pending = null;
      } catch (error) {
        if (!isTransient(error)) this.#pending = null;
        this.#notify.refused(error, selection);
      } finally {
        this.#overlay.settle();
      }
    });
  }

  /** Continues a hold of this visitor's that another page left behind. */
  resume(reservation) {
    this.#take(reservation);
    this.#tell();
  }

  /** Another tab tells what a reservation of this event is now: perhaps the one that is shown. */
  hear(reservation) {
    const { id, status, seats, version } = reservation;
    const isLive = status === 'held' || status === 'confirmed';
    if (this.step === 'held' && id === this.reservation.id) this.#takeOver(reservation);
    else if (isLive) this.#overlay.keep(seats, version);
    else this.#overlay.giveBack(seats, version);
    this.#tell();
  }

  async confirm() {
    await this.#change('confirm');
  }

  async release() {
    await this.#change('release');
  }

  /** Asks for the state of the hold: its countdown ended, or the stream says its seats are free. */
  async check() {
    if (this.busy || this.step !== 'held') return;
    await this.#during(async () => {
      try {
        this.#take(await insist('GET', `${this.#path}/${this.reservation.id}`));
      } catch (error) {
        if (error.status === 404) this.#expire(this.reservation.version);
        else this.#notify.refused(error);
      }
    });
  }

  /** Returns to choosing, for another booking. */
  again() {
    this.step = 'choose';
    this.reservation = null;
    this.#tell();
  }

  /** The event was removed, and the hold with it. */
  forget() {
    if (this.step !== 'held') return;
    this.#keeper.forget(this.reservation.id);
    this.#overlay.giveBack(this.reservation.seats, this.reservation.version);
    this.again();
  }

  /** Releases a hold whose answer never came as the page is left, without waiting for an answer. */
  leave() {
    const id = this.#pending?.id;
    if (id === undefined) return;
    const body = new Blob(['{}'], { type: 'application/json' });
    navigator.sendBeacon(`${this.#path}/${id}/release`, body);
  }

  /**
   * The id to hold a selection with. For another selection than the pending one it is new, and the
   * pending hold is released first: it may have succeeded, and would block its places.
   */
  async #idFor(selection) {
    const text = JSON.stringify(selection);
    const pending = this.#pending;
    const isRetry = pending?.selection === text && serverNow() - pending.at < RETRY_MS;
    if (!isRetry) {
      if (pending) await this.#releaseQuietly(pending.id);
      this.#pending = { selection: text, at: serverNow(), id: uuid7(serverNow()) };
    }
    return this.#pending.id;
  }

  /** Releases a hold. Any refusal means that nothing is held by this id. */
  async #releaseQuietly(id) {
    try {
      await insist('POST', `${this.#path}/${id}/release`, {});
    } catch (error) {
      if (isTransient(error)) throw error;
    }
  }

  async #change(action) {
    if (this.busy || this.step !== 'held') return;
    await this.#during(async () => {
      try {
        this.#take(await insist('POST', `${this.#path}/${this.reservation.id}/${action}`, {}));
      } catch (error) {
        if (error.name === 'HoldExpired' || error.status === 404) {
          this.#expire(error.fields.version ?? 0);
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

  /** Takes over the reservation as the server has it, and tells other tabs. */
  #take(reservation) {
    const seats = this.#seatsOf(reservation);
    this.#takeOver(reservation);
    this.#keeper.tellTabs({ ...reservation, seats });
  }

  /** The seats of a reservation; of one that ended and has none, those that the page knows. */
  #seatsOf({ seats }) {
    return seats?.length > 0 ? seats : this.reservation?.seats ?? [];
  }

  #takeOver(reservation) {
    const { id } = reservation;
    if (reservation.status === 'held') this.#keeper.keep(`${this.#path}/${id}`, reservation);
    else this.#keeper.forget(id);
    const { status, seats, version } = reservation;
    if (status === 'held' || status === 'confirmed') {
      if (this.step !== 'held') this.since = serverNow();
      this.step = status === 'held' ? 'held' : 'booked';
      this.reservation = reservation;
      this.#overlay.keep(seats, version);
    } else if (status === 'expired') {
      this.reservation ??= reservation;
      this.#expire(version);
    } else {
      this.#overlay.giveBack(this.#seatsOf(reservation), version);
      this.again();
      this.#notify.released();
    }
  }

  #expire(version) {
    const { id, seats, standing, types } = this.reservation;
    this.#keeper.forget(id);
    this.#overlay.giveBack(seats, version);
    this.again();
    this.#notify.expired({ seats, standing, types });
  }
}
