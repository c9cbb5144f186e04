// The operator's page: loads metrics every second and sales every other second. It sends a bearer
// token where the server wants one, and never the visitor's cookie, which is a customer's.

import { byId, say } from '../shared/dom.js';
import { sentence } from '../shared/format.js';
import { ServerMetrics } from './server-metrics.js';
import { Sales } from './sales.js';

const METRICS_MS = 1_000;
const SALES_MS = 2_000;
/** The list of events is read up to this length. */
const MOST_EVENTS = 2_000;
const TOKEN = 'boxoffice-admin-token';

const metrics = new ServerMetrics();
const sales = new Sales();

class TokenWanted extends Error {}

/** Whether the server answered with metrics, which only an admin's token is shown. */
let isAdmitted = false;

async function get(path) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = token ? { authorization: `Bearer ${token}` } : {};
  const response = await fetch(path, { headers, credentials: 'omit', cache: 'no-cache' });
  if (response.status === 401 || response.status === 403) {
    const problem = await response.json().catch(() => ({}));
    throw new TokenWanted(problem.detail ?? 'not allowed');
  }
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return response;
}

async function loadMetrics() {
  const response = await get('/metrics');
  metrics.take(await response.text(), performance.now());
}

async function loadSales() {
  const events = [];
  let after = null;
  do {
    const query = new URLSearchParams({ limit: 500, ...(after !== null && { after }) });
    const page = await (await get(`/v1/events?${query}`)).json();
    events.push(...page.events);
    after = page.next;
  } while (after !== null && events.length < MOST_EVENTS);
  sales.take(events, performance.now());
}

/** Runs a load, and shows the figures or what went wrong. */
async function attempt(work) {
  try {
    await work();
    show('figures');
  } catch (error) {
    if (error instanceof TokenWanted) show('login', sentence(error.message));
    else show('trouble', `Not up to date: ${error.message}. Trying again.`);
  }
}

/** Runs a load at an interval, while the page is visible and the load is wanted. */
async function repeat(load, everyMs, isWanted) {
  if (!document.hidden && isWanted()) await attempt(load);
  setTimeout(repeat, everyMs, load, everyMs, isWanted);
}

function show(what, why = '') {
  const wantsToken = what === 'login';
  const hasToken = sessionStorage.getItem(TOKEN) !== null;
  if (what !== 'trouble') isAdmitted = !wantsToken;
  byId('login').hidden = !wantsToken;
  byId('figures').hidden = !isAdmitted;
  byId('forget').hidden = !isAdmitted || !hasToken;
  const isTrouble = what === 'trouble' || (wantsToken && hasToken);
  byId('trouble').hidden = !isTrouble;
  if (isTrouble) say(byId('trouble'), why);
}

byId('login').onsubmit = (submit) => {
  submit.preventDefault();
  sessionStorage.setItem(TOKEN, byId('token').value.trim());
  byId('token').value = '';
  attempt(loadMetrics);
};
byId('forget').onclick = () => {
  sessionStorage.removeItem(TOKEN);
  location.reload();
};

repeat(loadMetrics, METRICS_MS, () => byId('login').hidden);
repeat(loadSales, SALES_MS, () => isAdmitted);
