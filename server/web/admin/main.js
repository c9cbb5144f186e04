// The operator's view: asks for the figures every second and for sales every other. It sends a
// bearer token where one is wanted, and never the visitor's cookie: a visitor is a customer.

import { byId, say } from '../shared/dom.js';
import { sentence } from '../shared/format.js';
import { ServerMetrics } from './server-metrics.js';
import { Sales } from './sales.js';

const FIGURES_MS = 1_000;
const SALES_MS = 2_000;
/** Events that are looked at: some pages of a list. */
const MOST_EVENTS = 2_000;
const TOKEN = 'boxoffice-admin-token';

const figures = new ServerMetrics();
const sales = new Sales();

class TokenWanted extends Error {}

/** Whether this is an operator: only an admin is told the figures. */
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

async function askFigures() {
  const response = await get('/metrics');
  figures.take(await response.text(), performance.now());
}

async function askSales() {
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

/** Does something, and shows what came of it. */
async function attempt(work) {
  try {
    await work();
    show('figures');
  } catch (error) {
    if (error instanceof TokenWanted) show('login', sentence(error.message));
    else show('trouble', `Not up to date: ${error.message}. Trying again.`);
  }
}

/** Asks again and again, as long as somebody looks and it makes sense. */
async function keepAsking(ask, everyMs, makesSense) {
  if (!document.hidden && makesSense()) await attempt(ask);
  setTimeout(keepAsking, everyMs, ask, everyMs, makesSense);
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
  attempt(askFigures);
};
byId('forget').onclick = () => {
  sessionStorage.removeItem(TOKEN);
  location.reload();
};

keepAsking(askFigures, FIGURES_MS, () => byId('login').hidden);
keepAsking(askSales, SALES_MS, () => isAdmitted);
