// The operator's desk: finds reservations and gives them back, opens and closes sales, blocks and
// unblocks seats.

import { byId, element, say } from '../shared/dom.js';
import { count, listed, money } from '../shared/format.js';
import { describePlaces } from '../shared/places.js';
import { text } from '../shared/text.js';
import { askJson, pathOf } from './operator-api.js';
import { search } from './search.js';

const STATUSES = {
  held: 'statusHeld', confirmed: 'statusConfirmed', released: 'statusReleased',
  expired: 'statusExpired', cancelled: 'statusCancelled',
  forfeited: 'statusForfeited',
};
/** What ends a reservation of a status. */
const ENDINGS = { held: 'release', confirmed: 'cancel' };

export class Desk {
  #attempt;

  /** `attempt` runs work, and shows what went wrong. */
  constructor(attempt) {
    this.#attempt = attempt;
    byId('find').onsubmit = (submit) => {
      submit.preventDefault();
      this.#run('find-result', () => this.#find(byId('find-word').value.trim()));
    };
    const changes = {
      'sales-open': () => ({ sales: 'open' }), 'sales-close': () => ({ sales: 'closed' }),
      block: () => ({ block: labels() }), unblock: () => ({ unblock: labels() }),
    };
    for (const [id, change] of Object.entries(changes)) {
      byId(id).onclick = () => this.#run('act-result', () => this.#change(change()));
    }
    byId('act').onsubmit = (submit) => submit.preventDefault();
  }

  /** Offers these events. A choice stays. */
  offer(events) {
    const select = byId('act-event');
    const ids = events.map(({ id }) => id);
    if (select.dataset.shows === ids.join()) return;
    select.dataset.shows = ids.join();
    const { value } = select;
    select.replaceChildren(...events.map(({ id, name }) =>
      element('option', { value: id }, `${name} (${id})`)));
    if (ids.includes(value)) select.value = value;
  }

  /** Runs work that returns a text about its success. */
  #run(result, work) {
    say(byId(result), '');
    return this.#attempt(async () => say(byId(result), await work()),
      (why) => say(byId(result), why));
  }

  async #find(word) {
    const { found, all } = await search(word, (looked) =>
      say(byId('find-result'), text('looked', { looked: count(looked) })));
    byId('found').replaceChildren(...found.map((reservation) => this.#row(reservation, word)));
    byId('found').parentElement.hidden = found.length === 0;
    if (found.length === 0) return text(all ? 'foundNone' : 'foundNotYet');
    return text(all ? 'found' : 'foundSome', { n: found.length, count: count(found.length) });
  }

  #row(reservation, word) {
    const { event, customer, status, total, id, code } = reservation;
    const cell = (...children) => element('td', {}, ...children);
    return element('tr', { 'data-reservation': id }, cell(element('bdi', {}, event)),
      cell(element('code', {}, code)), cell(element('bdi', {}, customer)),
      cell(listed(describePlaces(reservation))), cell(text(STATUSES[status])),
      cell(money(total, reservation)),
      cell(ENDINGS[status] ? this.#ending(reservation, word) : ''));
  }

  /** A button that is pressed twice. */
  #ending({ event, id, customer, status }, word) {
    const name = ENDINGS[status];
    const button = element('button', { type: 'button', class: 'button' },
      text(name === 'cancel' ? 'cancelIt' : 'release'));
    button.onclick = () => {
      if (!button.classList.contains('strong')) {
        button.classList.add('strong');
        return say(button, text('reallyCancel'));
      }
      button.disabled = true;
      return this.#run('find-result', async () => {
        await askJson('POST', `${pathOf(event, id)}/${name}`, { customer });
        return this.#find(word);
      });
    };
    return button;
  }

  async #change(change) {
    const event = byId('act-event').value;
    const path = `/v1/events/${encodeURIComponent(event)}`;
    const { changed } = await askJson('PATCH', path, change);
    return text(changed ? 'actDone' : 'actUnchanged', { event });
  }
}

/** The labels that were typed, however they are separated. */
const labels = () => byId('act-seats').value.split(/[\s,;]+/).filter((label) => label !== '');
