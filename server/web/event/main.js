// The page of one event: connects its parts. The stream feeds the state, the map and the panel draw
// it, and the visitor's choice becomes a booking.

import { ask, becomeVisitor, pauseAfter, refusesVisitors, watchAnswers } from '../shared/api.js';
import { synchronise } from '../shared/clock.js';
import { showTooltips } from '../hall/tooltip.js';
import { announce, byId, element, say } from '../shared/dom.js';
import { timeAndPlace, listed, money } from '../shared/format.js';
import {
  expiredBelow, extended, forget, holdsBelow, keep, listenToTabs, tellTabs,
} from '../shared/kept-holds.js';
import { text, writeTexts } from '../shared/text.js';
import { Booking } from './booking/booking.js';
import { Reservations } from './booking/reservations.js';
import { SeatChoice } from './booking/seat-choice.js';
import { describePlaces } from '../shared/places.js';
import { MapClicks } from './map/clicks.js';
import { KeyboardNavigation } from './map/keyboard.js';
import { SeatMap } from './map/seat-map.js';
import { textAt } from './map/tooltip-text.js';
import { showAbout } from './panel/about.js';
import { countInLegend, drawLegend } from './panel/legend.js';
import { LivePill } from './panel/live-pill.js';
import { Notices } from './panel/notices.js';
import { Panel } from './panel/panel.js';
import { SectionList } from './panel/section-list.js';
import { StandingCards } from './panel/standing-cards.js';
import { Follower } from './state/follower.js';
import { Overlay } from './state/overlay.js';
import { hallOf } from './state/plan-halls.js';
import { EventStream } from './state/stream.js';
import { Tickets } from './state/tickets.js';
import { closedTexts, Terms } from './state/terms.js';

const slug = decoded(location.pathname.split('/').at(-1));
const path = `/v1/events/${encodeURIComponent(slug)}`;
const surface = byId('plan');
const reservations = new Reservations(slug);
/** The event's terms, as the API has them. */
let event;
/** A hold of this visitor's: this tab's, or one that another tab shows or left behind. */
let leftBehind;
let wasLost = false;
/** The hold that the map was moved to. */
let shownHold;

const pill = new LivePill();
const notices = new Notices();
const overlay = new Overlay((seats) => {
  map.patch(seats);
  panel.draw();
});
const map = new SeatMap(surface, overlay);
/** What can be done about a choice that is not what it was. */
const clearing = { label: text('clearChoice'), run: () => overlay.drop(overlay.chosen) };
const notify = { refused, released, expired };
const keeper = { keep, forget, tellTabs };
const booking = new Booking({ path, overlay, keeper, tell: stepped, notify });
const choice = new SeatChoice({ overlay, booking, notices });
const panel = new Panel({ booking, overlay, act: {
  drop: (label) => choice.drop(label), renew: () => terms.renew(),
} });
const standingCards = new StandingCards((selection) => booking.hold(selection));
const sectionList = new SectionList(visit);
const terms = new Terms(path, takeTerms);
const act = { seat: (seat) => choice.toggle(seat), section: enter };
const keyboard = new KeyboardNavigation(surface, map, act);
new MapClicks(surface, map, act);

const follower = new Follower({ built, changed, lost: () => stream.startOver() });
const stream = new EventStream(`${path}/stream`, {
  live,
  snapshot(snapshot) {
    const take = (hall) => {
      follower.snapshot(snapshot, hall);
      // The server sends a snapshot after a change of terms, too.
      if (snapshot.version !== event.version) terms.renew();
    };
    return snapshot.plan ? hallOf(snapshot.plan).then(take) : take();
  },
  change: (change) => follower.change(change),
  ended,
});

/** The event has other sections or rows: everything is drawn anew. */
function built(state) {
  const isFirst = follower.before === undefined;
  const before = follower.before?.total(overlay.chosen);
  const missing = overlay.moveTo(state, [...reservations.confirmed, ...reservations.held]);
  map.show(state, event);
  drawLegend(state, (categories) => map.filter(categories));
  for (const part of [choice, panel, standingCards, sectionList]) part.show(state, event);
  keyboard.reset();
  byId('waiting').hidden = true;
  if (isFirst) resume();
  const now = state.total(overlay.chosen);
  if (missing.length > 0) notices.show(text('hallChanged', { seats: listed(missing) }));
  else if (before !== undefined && before !== now) tellPrice(before, now);
}

/** Goes on with what the tab's last page began. */
function resume() {
  const [ended] = expiredBelow(path);
  if (leftBehind) booking.resume(leftBehind);
  else if (ended) expired(ended);
  choice.recall(slug);
}

function tellPrice(before, now) {
  const [was, is] = [before, now].map((total) => money(total, event));
  notices.show(text('choicePrice', { before: was, now: is }), clearing);
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
  countInLegend(state);
  if (overlay.reached(state.version).length > 0) booking.check();
  choice.check();
}

/** The event was removed. */
function ended() {
  pill.end();
  notices.show(text('eventRemoved'), overlay.chosen.size > 0 ? clearing : undefined);
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
  showHeld();
  panel.draw();
  if (booking.busy) notices.clear();
  if (booking.step === 'booked' && !booking.busy) reservations.refresh().catch(() => {});
  if (follower.state) choice.check();
}

/** Moves the map to seats that were found for the visitor. */
function showHeld() {
  const { step, reservation } = booking;
  if (step !== 'held') shownHold = undefined;
  else if (reservation.id !== shownHold && follower.state) {
    shownHold = reservation.id;
    const seats = reservation.seats.map((label) => follower.state.find(label));
    if (seats.length > 0 && !seats.includes(undefined)) map.showSeats(seats);
  }
}

/** A request for the booking failed. */
function refused(error, selection) {
  if (error.name === 'SeatsTaken' && selection?.seats) {
    return choice.refused(error.fields.seats, error.fields.version);
  }
  const apart = { ...selection, best: { ...selection?.best, together: false } };
  const instead = error.name === 'NotTogether' && selection?.best
    ? { label: text('takeApart'), run: () => booking.hold(apart) }
    : undefined;
  return notices.refusal(error, instead);
}

function released() {
  announce(text('saidReleased'));
}

/** The hold ended before it was confirmed. */
function expired(places) {
  const again = places.seats.length > 0
    ? { seats: places.seats, types: places.types }
    : { standing: places.standing, types: places.types };
  notices.show(text('ranOut', { places: listed(describePlaces(places)) }),
    { label: text('holdAgain'), run: () => booking.hold(priced(again)) });
}

/** The same places, unless they cost more than they do by now. */
function priced(selection) {
  const { state } = follower;
  const { section, places } = selection.standing ?? {};
  const seats = selection.seats?.map((label) => state.find(label)) ?? [];
  const isKnown = section === undefined || state.section(section) !== undefined;
  // Of several types, what a reservation cost is what they may cost.
  if (selection.types || !isKnown || seats.includes(undefined)) return selection;
  return { ...selection, at_most: section === undefined
    ? state.total(seats) : places * state.section(section).price };
}

/** Leads the visitor into a section: to its card, or to its seats on the map. */
function enter(section) {
  if (section.standing) standingCards.focus(section);
  else keyboard.enter(section);
}

/** Shows the visitor a section. */
function visit(section) {
  keyboard.visit(section);
  if (section.standing) standingCards.focus(section);
  // On a phone the list is below the map.
  else surface.scrollIntoView({ block: 'nearest' });
}

function takeTerms(received) {
  const isClosing = event?.sales === 'open' && received.sales !== 'open';
  if (event?.sales === 'scheduled' && received.sales === 'open') announce(text('saidOpen'));
  event = { ...received, tickets: new Tickets(received) };
  document.title = text('titled', event);
  say(byId('name'), event.name);
  say(byId('when'), timeAndPlace(event));
  showAbout(event);
  const { state } = follower;
  if (state) for (const part of [choice, panel, standingCards]) part.show(state, event);
  if (isClosing && overlay.chosen.size > 0 && booking.step === 'choose') {
    const seats = listed(overlay.labels(overlay.chosen));
    notices.show(text(closedTexts(event).choice, { seats }), clearing);
  }
}

async function begin() {
  for (let failures = 1; ; failures += 1) {
    try {
      await Promise.all([becomeVisitor(), extended]);
      const [received] = await Promise.all([ask('GET', path), reservations.refresh(),
        synchronise()]);
      takeTerms(received);
      const own = holdsBelow(path).map(({ id }) => id);
      leftBehind = reservations.held.find(({ id }) => own.includes(id)) ?? reservations.held[0];
      break;
    } catch (error) {
      if (refusesVisitors(error)) {
        return turnAway(text('signedInOnlyTitle'), text('signedInOnly'));
      }
      if (error.status === 404 || error.fields?.field === 'event') return missing();
      say(byId('waiting'), text('tryingAgain', { why: error.message }));
      live(false);
      await pauseAfter(failures);
    }
  }
  showTooltips(surface, (at) => textAt(at, map, overlay, event));
  return stream.listen();
}

function missing() {
  turnAway(text('noEvent'), text('noEventWhy'));
  byId('waiting').append(element('a', { href: '/' }, text('seeAllEvents')));
}

/** Shows a message in place of the event, for good. */
function turnAway(title, why) {
  document.title = text('titled', { name: title });
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
listenToTabs((reservation) => {
  if (follower.state && reservation.event === slug) booking.hear(reservation);
});
addEventListener('pagehide', () => {
  booking.leave();
  choice.remember(slug);
});
// A page that the browser had kept shows what was true when it was left.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) extended.then(() => booking.check());
});
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) synchronise().catch(() => {});
});

writeTexts();
begin();
