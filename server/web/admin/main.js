// The operator's page: loads metrics every second and sales every other second, and has a desk for
// what an operator does.

import { byId, say } from '../shared/dom.js';
import { text, writeTexts } from '../shared/text.js';
import { Desk } from './desk.js';
import { ask, askJson, forgetToken, hasToken, TokenWanted, useToken } from './operator-api.js';
import { ServerMetrics } from './server-metrics.js';
import { Sales } from './sales.js';

const METRICS_MS = 1_000;
const SALES_MS = 2_000;
/** The list of events is read up to this length. */
const MOST_EVENTS = 2_000;

writeTexts();
document.title = text('titled', { name: text('operator') });
const metrics = new ServerMetrics();
const sales = new Sales();
const desk = new Desk(act);

/** Whether the server answered with metrics, which only an admin's token is shown. */
let isAdmitted = false;

async function loadMetrics() {
  const response = await ask('GET', '/metrics');
  metrics.take(await response.text(), performance.now());
}

async function loadSales() {
  const events = [];
  let after = null;
  do {
    const query = new URLSearchParams({ limit: 500, ...(after !== null && { after }) });
    const page = await askJson('GET', `/v1/events?${query}`);
    events.push(...page.events);
    after = page.next;
  } while (after !== null && events.length < MOST_EVENTS);
  sales.take(events, performance.now());
  desk.offer(events);
}

/** Runs a load, and shows the figures or what went wrong. */
async function attempt(work) {
  try {
    await work();
    show('figures');
  } catch (error) {
    if (error instanceof TokenWanted) show('login', text('refusedOther', { why: error.message }));
    else show('trouble', text('notUpToDate', { why: error.message }));
  }
}

/** Runs what the operator asked for. `refused` receives why it was not done. */
async function act(work, refused) {
  try {
    await work();
    await attempt(loadSales);
  } catch (error) {
    if (error instanceof TokenWanted) show('login', text('refusedOther', { why: error.message }));
    else refused(text('refusedOther', { why: error.message }));
  }
}

/** Runs a load at an interval, while the page is visible and the load is wanted. */
async function repeat(load, everyMs, isWanted) {
  if (!document.hidden && isWanted()) await attempt(load);
  setTimeout(repeat, everyMs, load, everyMs, isWanted);
}

function show(what, why = '') {
  const wantsToken = what === 'login';
  if (what !== 'trouble') isAdmitted = !wantsToken;
  byId('login').hidden = !wantsToken;
  byId('figures').hidden = !isAdmitted;
  byId('forget').hidden = !isAdmitted || !hasToken();
  const isTrouble = what === 'trouble' || (wantsToken && hasToken());
  byId('trouble').hidden = !isTrouble;
  if (isTrouble) say(byId('trouble'), why);
}

byId('login').onsubmit = (submit) => {
  submit.preventDefault();
  useToken(byId('token').value.trim());
  byId('token').value = '';
  attempt(loadMetrics);
};
byId('forget').onclick = () => {
  forgetToken();
  location.reload();
};

repeat(loadMetrics, METRICS_MS, () => byId('login').hidden);
repeat(loadSales, SALES_MS, () => isAdmitted);
