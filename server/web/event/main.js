// The page of one event: puts its parts together. The stream feeds the state, the state is drawn,
// the visitor's choice becomes a booking.

import { ask, becomeVisitor, isForOthers, pauseAfter } from '../shared/api.js';
import { synchronise } from '../shared/clock.js';
import { announce, byId, element, say } from '../shared/dom.js';
import { dateTime, FOR_OTHERS, listed } from '../shared/format.js';
import { Booking } from './booking/booking.js';
import { Reservations } from './booking/reservations.js';
import { SeatChoice } from './booking/seat-choice.js';
import { firstUnlocked } from './booking/hold-lock.js';
import { KeyboardNavigation } from './map/keyboard.js';
import { EventState } from './state/event-state.js';
import { showTooltips } from './map/tooltip.js';
import { Notices } from './panel/notices.js';
import { drawLegend, SectionList } from './panel/section-list.js';
import { Overlay } from './state/overlay.js';
import { Panel } from './panel/panel.js';
import { places } from './descriptions.js';
import { SeatMap } from './map/seat-map.js';
import { MapClicks } from './map/clicks.js';
import { StandingCards } from './panel/standing-cards.js';
import { EventStream } from './state/stream.js';
import { Terms } from './state/terms.js';

const slug = decoded(location.pathname.split('/').at(-1));
const path = `/v1/events/${encodeURIComponent(slug)}`;
const surface = byId('plan');
const bookings = new Reservations(slug);
let event;
let state;
/** A hold that a page of this visitor's has left behind: its goodbye got lost, or it had none. */
let left;

const notices = new Notices();
const overlay = new Overlay((seats) => {
  map.patch(seats);
  panel.draw();
});
const map = new SeatMap(surface, overlay);
const booking = new Booking({ path, overlay, tell: stepped, notify: { refused, released, expired } });
const choice = new SeatChoice({ overlay, booking, notices });
const panel = new Panel({ booking, overlay, act: { drop: (label) => choice.drop(label) } });
const standing = new StandingCards((selection) => booking.hold(selection));
const sectionList = new SectionList(visit);
const terms = new Terms(path, take);
const act = { seat: (seat) => choice.toggle(seat), section: visit };
const keyboard = new KeyboardNavigation(surface, map, act);
new MapClicks(surface, map, act);

const stream = new EventStream(`${path}/stream`, {
  live,
  snapshot(told) {
    if (state?.fits(told)) changed(state.restore(told), state.sections);
    else build(told);
    // Terms may be why it comes.
    if (told.version !== event.version) terms.renew();
  },
  change(told) {
    const seats = state.apply(told);
    if (seats === null) return stream.startOver();
    const names = new Set(told.sections.map(({ section }) => section));
    return changed(seats, state.sections.filter(({ name }) => names.has(name)));
  },
  ended() {
    live(false);
    say(byId('live'), 'Ended');
    notices.show('This event was removed. Nothing of it can be booked any more.');
    terms.end();
    event.sales = 'closed';
    booking.forget();
    panel.draw();
  },
});

/** A state of another shape: everything is drawn anew. */
function build(told) {
  state = new EventState(told);
  const missing = overlay.moveTo(state, bookings.confirmed);
  drawLegend(state);
  map.show(state, event.currency);
  for (const part of [choice, panel, standing, sectionList]) part.show(state, event);
  keyboard.reset();
  byId('waiting').hidden = true;
  if (left) booking.resume(left);
  left = undefined;
  if (missing.length > 0) notices.show(`The hall was changed: ${listed(missing)} no longer exist.`);
}

function changed(seats, sections) {
  overlay.heard(seats);
  map.patch(seats);
  map.count(sections);
  standing.count(sections);
  sectionList.count(sections);
  panel.count();
  drawLegend(state);
  if (overlay.reached(state.version).length > 0) booking.due();
  choice.check();
}

function live(isLive) {
  const before = byId('live').dataset.live;
  byId('live').dataset.live = isLive ? 'yes' : 'lost';
  surface.classList.toggle('stale', !isLive);
  say(byId('live'), isLive ? 'Live' : 'Not live · reconnecting');
  // Another server may be there now: with another clock, and without a word of this visitor.
  if (isLive && before === 'lost') Promise.all([synchronise(), becomeVisitor()]).catch(() => {});
}

function stepped() {
  panel.draw();
  if (booking.busy) notices.clear();
  if (booking.step === 'booked' && !booking.busy) bookings.refresh().catch(() => {});
  if (state) choice.check();
}

function refused(error, selection) {
  if (error.name === 'SeatsTaken' && selection?.seats) {
    return choice.taken(error.fields.seats, error.fields.version);
  }
  const apart = { best: { ...selection?.best, together: false } };
  const act = error.name === 'NotTogether' && selection?.best
    ? { label: 'Take them apart', run: () => booking.hold(apart) }
    : undefined;
  return notices.refusal(error, act);
}

function released() {
  announce('Released. The places are free again.');
}

function expired(lost) {
  const again = lost.seats.length > 0
    ? { seats: lost.seats } : { standing: lost.standing };
  notices.show(`The time ran out, and ${listed(places(lost))} went back on sale.`,
    { label: 'Try to hold them again', run: () => booking.hold(again) });
}

function visit(section) {
  if (section.standing) standing.focus(section);
  else keyboard.enter(section);
}

function take(told) {
  event = told;
  document.title = `${event.name} · Boxoffice`;
  say(byId('name'), event.name);
  say(byId('when'), dateTime(event.starts_at));
  if (state) for (const part of [choice, panel, standing]) part.show(state, event);
}

async function begin() {
  for (let failures = 1; ; failures += 1) {
    try {
      await becomeVisitor();
      const [told] = await Promise.all([ask('GET', path), bookings.refresh(), synchronise()]);
      take(told);
      left = await firstUnlocked(bookings.held);
      break;
    } catch (error) {
      if (isForOthers(error)) return turnAway('Signed-in customers only', FOR_OTHERS);
      if (error.status === 404 || error.fields?.field === 'event') return missing();
      say(byId('waiting'), `${error.message}; trying again…`);
      live(false);
      await pauseAfter(failures);
    }
  }
  showTooltips(surface, map, overlay, event.currency);
  return stream.listen();
}

function missing() {
  turnAway('No such event', 'There is no such event. It may be over.');
  byId('waiting').append(element('a', { href: '/' }, 'See all events'));
}

/** There is nothing to show, and will not be. */
function turnAway(title, why) {
  document.title = `${title} · Boxoffice`;
  say(byId('name'), title);
  byId('waiting').replaceChildren(element('span', {}, why));
  document.body.classList.add('lost');
}

/** A part of the address; what is no text, and so names nothing, is left as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

addEventListener('pagehide', () => booking.leave());
// A page that comes back from the browser's memory has lost its hold: begin anew.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) synchronise().catch(() => {});
});

begin();
