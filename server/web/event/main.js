// The page of one event: connects its parts. The stream feeds the state, the map and the panel draw
// it, and the visitor's choice becomes a booking.

import { ask, becomeVisitor, pauseAfter, refusesVisitors, watchAnswers } from '../shared/api.js';
import { synchronise } from '../shared/clock.js';
import { announce, byId, element, say } from '../shared/dom.js';
import { dateTime, listed, SIGNED_IN_ONLY } from '../shared/format.js';
import { Booking } from './booking/booking.js';
import { firstUnlocked } from './booking/hold-lock.js';
import { Reservations } from './booking/reservations.js';
import { SeatChoice } from './booking/seat-choice.js';
import { describePlaces } from './descriptions.js';
import { MapClicks } from './map/clicks.js';
import { KeyboardNavigation } from './map/keyboard.js';
import { SeatMap } from './map/seat-map.js';
import { showTooltips } from './map/tooltip.js';
import { drawLegend } from './panel/legend.js';
import { LivePill } from './panel/live-pill.js';
import { Notices } from './panel/notices.js';
import { Panel } from './panel/panel.js';
import { SectionList } from './panel/section-list.js';
import { StandingCards } from './panel/standing-cards.js';
import { Follower } from './state/follower.js';
import { Overlay } from './state/overlay.js';
import { EventStream } from './state/stream.js';
import { Terms } from './state/terms.js';

const slug = decoded(location.pathname.split('/').at(-1));
const path = `/v1/events/${encodeURIComponent(slug)}`;
const surface = byId('plan');
const reservations = new Reservations(slug);
/** The event's terms, as the API has them. */
let event;
/** A hold of this visitor's that another page left behind without releasing it. */
let leftBehind;
let wasLost = false;

const pill = new LivePill();
const notices = new Notices();
const overlay = new Overlay((seats) => {
  map.patch(seats);
  panel.draw();
});
const map = new SeatMap(surface, overlay);
const notify = { refused, released, expired };
const booking = new Booking({ path, overlay, tell: stepped, notify });
const choice = new SeatChoice({ overlay, booking, notices });
const panel = new Panel({ booking, overlay, act: { drop: (label) => choice.drop(label) } });
const standingCards = new StandingCards((selection) => booking.hold(selection));
const sectionList = new SectionList(visit);
const terms = new Terms(path, takeTerms);
const act = { seat: (seat) => choice.toggle(seat), section: visit };
const keyboard = new KeyboardNavigation(surface, map, act);
new MapClicks(surface, map, act);

const follower = new Follower({ built, changed, lost: () => stream.startOver() });
const stream = new EventStream(`${path}/stream`, {
  live,
  snapshot(snapshot) {
    follower.snapshot(snapshot);
    // The server sends a snapshot after a change of terms, too.
    if (snapshot.version !== event.version) terms.renew();
  },
  change: (change) => follower.change(change),
  ended,
});

/** The event has other sections or rows: everything is drawn anew. */
function built(state) {
  const missing = overlay.moveTo(state, reservations.confirmed);
  drawLegend(state);
  map.show(state, event.currency);
  for (const part of [choice, panel, standingCards, sectionList]) part.show(state, event);
  keyboard.reset();
  byId('waiting').hidden = true;
  if (leftBehind) booking.resume(leftBehind);
  leftBehind = undefined;
  if (missing.length > 0) notices.show(`The hall was changed: ${listed(missing)} no longer exist.`);
}

/** These seats and sections changed. */
function changed(seats, sections) {
  const { state } = follower;
  overlay.reported(seats);
  map.patch(seats);
  map.count(sections);
  standingCards.count(sections);
  sectionList.count(sections);
  panel.count();
  drawLegend(state);
  if (overlay.reached(state.version).length > 0) booking.check();
  choice.check();
}

/** The event was removed. */
function ended() {
  pill.end();
  notices.show('This event was removed. Nothing of it can be booked any more.');
  terms.end();
  event.sales = 'closed';
  booking.forget();
  panel.draw();
}

function live(isLive) {
  pill.connected(isLive);
  // A server that was replaced has another clock, and does not know the visitor's cookie.
  if (isLive && wasLost) Promise.all([synchronise(), becomeVisitor()]).catch(() => {});
  wasLost = !isLive;
}

/** The booking made a step. */
function stepped() {
  panel.draw();
  if (booking.busy) notices.clear();
  if (booking.step === 'booked' && !booking.busy) reservations.refresh().catch(() => {});
  if (follower.state) choice.check();
}

/** A request for the booking failed. */
function refused(error, selection) {
  if (error.name === 'SeatsTaken' && selection?.seats) {
    return choice.refused(error.fields.seats, error.fields.version);
  }
  const apart = { best: { ...selection?.best, together: false } };
  const instead = error.name === 'NotTogether' && selection?.best
    ? { label: 'Take them apart', run: () => booking.hold(apart) }
    : undefined;
  return notices.refusal(error, instead);
}

function released() {
  announce('Released. The places are free again.');
}

/** The hold ended before it was confirmed. */
function expired(places) {
  const again = places.seats.length > 0
    ? { seats: places.seats } : { standing: places.standing };
  notices.show(`The time ran out, and ${listed(describePlaces(places))} went back on sale.`,
    { label: 'Try to hold them again', run: () => booking.hold(again) });
}

/** Leads the visitor to a section: to its card, or to its seats on the map. */
function visit(section) {
  if (section.standing) standingCards.focus(section);
  else keyboard.enter(section);
}

function takeTerms(received) {
  event = received;
  document.title = `${event.name} · Boxoffice`;
  say(byId('name'), event.name);
  say(byId('when'), dateTime(event.starts_at));
  const { state } = follower;
  if (state) for (const part of [choice, panel, standingCards]) part.show(state, event);
}

async function begin() {
  for (let failures = 1; ; failures += 1) {
    try {
      await becomeVisitor();
      const [received] = await Promise.all([ask('GET', path), reservations.refresh(),
        synchronise()]);
      takeTerms(received);
      leftBehind = await firstUnlocked(reservations.held);
      break;
    } catch (error) {
      if (refusesVisitors(error)) return turnAway('Signed-in customers only', SIGNED_IN_ONLY);
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

/** Shows a message in place of the event, for good. */
function turnAway(title, why) {
  document.title = `${title} · Boxoffice`;
  say(byId('name'), title);
  byId('waiting').replaceChildren(element('span', {}, why));
  document.body.classList.add('lost');
}

/** Decodes a part of the address. A malformed one names no event, and is left as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

watchAnswers((isSlow) => pill.waits(isSlow));
addEventListener('pagehide', () => booking.leave());
// A page restored from the browser's memory has released its hold.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) synchronise().catch(() => {});
});

begin();
