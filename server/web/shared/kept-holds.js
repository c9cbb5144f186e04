// The holds of this tab, over reloads, links, back and forward. A browser does not say why a page
// goes, so a page that goes lets its holds end soon, and the next one extends them again. Every
// page loads this module first and by itself: it imports nothing, so that it is there at once.

const KEY = 'boxoffice-holds';
/** The pause between attempts to extend a hold. */
const PAUSE_MS = 1_000;
/** A hold that is extended gets another deadline, so that a leave which comes late misses it. */
const STEP_MS = 1;

const channel = globalThis.BroadcastChannel ? new BroadcastChannel(KEY) : undefined;
const listeners = [];
/** Holds that had ended when a page wanted to extend them. */
const expired = [];

/** The holds as they are stored: `{path, expires_at, seats, standing, isPaid}` by their ids. */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

function store(holds) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(holds));
  } catch {
    // Without storage a hold ends soon after its page.
  }
}

/** Keeps a hold, whose address is `path`, for this tab's next pages. Tells other tabs of it. */
export function keep(path, { id, expires_at, seats, standing }) {
  store({ ...stored(), [id]: { path, expires_at, seats, standing } });
}

/** The hold has ended, or is booked. */
export function forget(id) {
  const { [id]: _, ...others } = stored();
  store(others);
}

/** The holds of this tab whose addresses begin so. */
export const holdsBelow = (path) => Object.entries(stored())
  .filter(([, hold]) => hold.path.startsWith(`${path}/`)).map(([id, hold]) => ({ id, ...hold }));

/** Those that ended while no page of the site was there; each is returned once. */
export const expiredBelow = (path) => expired.splice(0).filter((hold) =>
  hold.path.startsWith(`${path}/`));

/** Tells this browser's other tabs what a reservation is now. */
export function tellTabs(reservation) {
  channel?.postMessage({ reservation });
}

/** `take` receives the reservations that other tabs tell of. */
export function listenToTabs(take) {
  listeners.push(take);
}

/** The visitor goes to pay: the holds stay as they are until a page of this site is back. */
export function markPaid() {
  store(Object.fromEntries(Object.entries(stored()).map(([id, hold]) =>
    [id, { ...hold, isPaid: true }])));
}

/** Lets the holds end soon: a page goes. Other tabs that show them extend them. */
export function leave() {
  for (const [id, { path, expires_at, isPaid }] of Object.entries(stored())) {
    if (isPaid) continue;
    const body = JSON.stringify({ if_expires_at: expires_at });
    navigator.sendBeacon(`${path}/leave`, new Blob([body], { type: 'application/json' }));
    channel?.postMessage({ left: id });
  }
}

/** Extends the holds of this tab. Resolves once it is known which of them there still are. */
export const extendAll = () => Promise.all(Object.keys(stored()).map(extend));

/** Extends a hold to a moment after its deadline; where it may live no longer, to its deadline. */
async function extend(id) {
  const hold = stored()[id];
  if (!hold) return;
  const { isPaid: _, ...unpaid } = hold;
  store({ ...stored(), [id]: unpaid });
  const deadline = Date.parse(hold.expires_at);
  for (const until of [deadline + STEP_MS, deadline]) {
    const answer = await insist(`${hold.path}/extend`, { until: new Date(until).toISOString() });
    if (answer?.ok) {
      const { expires_at } = await answer.json();
      if (stored()[id]) store({ ...stored(), [id]: { ...unpaid, expires_at } });
      return;
    }
    if (!answer) return;
    const { refused } = await answer.json().catch(() => ({}));
    if (refused === 'LimitExceeded' || refused === 'Invalid') continue;
    if (refused === 'HoldExpired') expired.push(hold);
    forget(id);
    return;
  }
}

/** Sends until there is an answer that is final. */
async function insist(path, body) {
  const options = { method: 'POST', body: JSON.stringify(body), keepalive: true };
  options.headers = { accept: 'application/json', 'content-type': 'application/json' };
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const answer = await fetch(path, options).catch(() => undefined);
    if (answer && answer.status < 500 && answer.status !== 429) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, PAUSE_MS);
    });
  }
  return undefined;
}

/** Settled once the holds that the last page of this tab left are extended. */
export let extended = extendAll();

channel?.addEventListener('message', ({ data: { left, reservation } }) => {
  if (left) extend(left);
  else for (const take of listeners) take(reservation);
});
globalThis.addEventListener?.('pagehide', leave);
globalThis.addEventListener?.('pageshow', ({ persisted }) => {
  if (persisted) extended = extendAll();
});
// A shop's button or link to its payment carries `data-pay`.
globalThis.addEventListener?.('click', ({ target }) => {
  if (target.closest?.('[data-pay]')) markPaid();
}, { capture: true });
