// The page of one event: puts its parts together. The stream feeds the house, the house is drawn,
// the visitor's choice becomes a booking.

import { ask, becomeVisitor, isForOthers, pauseAfter } from '/web/shared/api.js';
import { synchronise } from '/web/shared/clock.js';
import { announce, byId, element, say } from '/web/shared/dom.js';
import { FOR_OTHERS, listed, moment } from '/web/shared/words.js';
import { Booking } from './booking.js';
import { Bookings } from './bookings.js';
import { Choice } from './choice.js';
import { firstLeft } from './claim.js';
import { Cursor } from './cursor.js';
import { House } from './house.js';
import { showTips } from './hover.js';
import { Notices } from './notices.js';
import { drawLegend, Overview } from './overview.js';
import { Own } from './own.js';
import { Panel } from './panel.js';
import { places } from './places.js';
import { Plan } from './plan.js';
import { Pointer } from './pointer.js';
import { Standing } from './standing.js';
import { Stream } from './stream.js';
import { Terms } from './terms.js';

const slug = decoded(location.pathname.split('/').at(-1));
const path = `/v1/events/${encodeURIComponent(slug)}`;
const surface = byId('plan');
const bookings = new Bookings(slug);
let event;
let house;
/** A hold that a page of this visitor's has left behind: its goodbye got lost, or it had none. */
let left;

const notices = new Notices();
const own = new Own((seats) => {
  plan.patch(seats);
  panel.draw();
});
const plan = new Plan(surface, own);
const booking = new Booking({ path, own, tell: stepped, notify: { refused, released, expired } });
const choice = new Choice({ own, booking, notices });
const panel = new Panel({ booking, own, act: { drop: (label) => choice.drop(label) } });
const standing = new Standing((selection) => booking.hold(selection));
const overview = new Overview(visit);
const terms = new Terms(path, take);
const act = { seat: (seat) => choice.toggle(seat), section: visit };
const cursor = new Cursor(surface, plan, act);
new Pointer(surface, plan, act);

const stream = new Stream(`${path}/stream`, {
  live,
  snapshot(told) {
    if (house?.fits(told)) changed(house.restore(told), house.sections);
    else build(told);
    // Terms may be why it comes.
    if (told.version !== event.version) terms.renew();
  },
  change(told) {
    const seats = house.apply(told);
    if (seats === null) return stream.startOver();
    const names = new Set(told.sections.map(({ section }) => section));
    return changed(seats, house.sections.filter(({ name }) => names.has(name)));
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

/** A house of another shape: everything is drawn anew. */
function build(told) {
  house = new House(told);
  const missing = own.moveTo(house, bookings.confirmed);
  drawLegend(house);
  plan.show(house, event.currency);
  for (const part of [choice, panel, standing, overview]) part.show(house, event);
  cursor.reset();
  byId('waiting').hidden = true;
  if (left) booking.resume(left);
  left = undefined;
  if (missing.length > 0) notices.show(`The hall was changed: ${listed(missing)} no longer exist.`);
}

function changed(seats, sections) {
  own.heard(seats);
  plan.patch(seats);
  plan.count(sections);
  standing.count(sections);
  overview.count(sections);
  panel.count();
  drawLegend(house);
  if (own.reached(house.version).length > 0) booking.due();
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
  if (house) choice.check();
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
  else cursor.enter(section);
}

function take(told) {
  event = told;
  document.title = `${event.name} · Boxoffice`;
  say(byId('name'), event.name);
  say(byId('when'), moment(event.starts_at));
  if (house) for (const part of [choice, panel, standing]) part.show(house, event);
}

async function begin() {
  for (let failures = 1; ; failures += 1) {
    try {
      await becomeVisitor();
      const [told] = await Promise.all([ask('GET', path), bookings.refresh(), synchronise()]);
      take(told);
      left = await firstLeft(bookings.held);
      break;
    } catch (error) {
      if (isForOthers(error)) return turnAway('Signed-in customers only', FOR_OTHERS);
      if (error.status === 404 || error.fields?.field === 'event') return missing();
      say(byId('waiting'), `${error.message}; trying again…`);
      live(false);
      await pauseAfter(failures);
    }
  }
  showTips(surface, plan, own, event.currency);
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
