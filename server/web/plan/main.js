// The page of a plan that the server keeps: the hall as it is, without any event.

import { insist, isTransient, refusesVisitors } from '../shared/api.js';
import { announce, byId, element, say } from '../shared/dom.js';
import { count } from '../shared/format.js';
import { refusalText } from '../shared/refusal-text.js';
import { text, writeTexts } from '../shared/text.js';
import { panByKey, zoomByKey } from '../hall/camera-keys.js';
import { listenToGestures } from '../hall/gestures.js';
import { grown, Hall, PITCH } from '../hall/hall.js';
import { HallView } from '../hall/hall-view.js';
import { legendOf } from '../hall/legend.js';
import { showTooltips } from '../hall/tooltip.js';
import { listenToZoomButtons } from '../hall/zoom-buttons.js';
import {
  accessibleRows, describeAccessible, describeSeat, describeSection,
} from './descriptions.js';

/** Rows with accessible seats that are listed. */
const MOST_ROWS = 200;
/** Room around a row that is shown, in units. */
const AROUND = 4 * PITCH;

const canvas = byId('plan');

/** An entry of a list that leads to a place on the drawing. */
function entry(name, told, lead) {
  const button = element('button', { type: 'button' },
    element('bdi', { class: 'section-name' }, name),
    element('span', { class: 'section-left' }, told));
  button.onclick = lead;
  return element('li', {}, button);
}

function showSections(hall, goTo) {
  byId('sections-list').replaceChildren(...hall.sections.map((section) =>
    entry(section.name, describeSection(hall, section), () => goTo(section))));
}

/** The seats for wheelchairs in words: the drawing says nothing to a screen reader. */
function showAccessible(hall, lead) {
  const rows = accessibleRows(hall);
  byId('accessible').hidden = rows.length === 0;
  byId('accessible-list').replaceChildren(...rows.slice(0, MOST_ROWS).map((found) =>
    entry(found.row.section.name, describeAccessible(found), () =>
      lead(found.row.section, grown(found.row.box, AROUND)))));
  const more = rows.length - MOST_ROWS;
  byId('accessible-more').hidden = more <= 0;
  say(byId('accessible-more'), text('moreRows', { count: count(Math.max(0, more)) }));
}

/** Clicks lead to a section from afar, and say what a seat is from near. */
function listenToClicks(hall, view, goTo) {
  const textAt = (at) => {
    const seat = view.far ? undefined : view.seatAt(at);
    if (seat !== undefined) return describeSeat(hall, seat);
    const section = view.sectionAt(at);
    return section && (view.far || section.rows.length === 0)
      ? `${section.name} · ${describeSection(hall, section)}` : undefined;
  };
  const tell = showTooltips(canvas, textAt);
  const { press, position } = listenToGestures(canvas, view.camera);
  canvas.addEventListener('click', (event) => {
    if (press.dragged) return;
    const at = position(event);
    const section = view.sectionAt(at);
    if (view.far && section) goTo(section);
    else if (press.touch) tell(at);
  });
}

function listenToKeys(camera) {
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isDone = zoomByKey(camera, event.key) || panByKey(camera, event.key);
    if (isDone) event.preventDefault();
  });
}

function show(hall) {
  document.title = text('titled', hall);
  say(byId('name'), hall.name);
  const view = new HallView(canvas);
  view.show(hall);
  const goTo = (section, box = section.box) => {
    view.camera.show(box);
    // On a phone the lists are below the drawing.
    canvas.scrollIntoView({ block: 'nearest' });
    announce(text('shownNow', section));
  };
  listenToZoomButtons(view.camera);
  listenToKeys(view.camera);
  listenToClicks(hall, view, goTo);
  const { categories, marks } = legendOf(hall, (shown) => view.filter(shown));
  byId('legend').replaceChildren(...categories, ...marks);
  showSections(hall, goTo);
  showAccessible(hall, goTo);
  byId('waiting').hidden = true;
  canvas.setAttribute('aria-label', text('drawingOf', hall));
}

/** Shows a message in place of the plan. */
function turnAway(title, why) {
  document.title = text('titled', { name: title });
  say(byId('name'), title);
  byId('waiting').replaceChildren(element('span', {}, why));
  document.body.classList.add('lost');
}

async function begin() {
  const digest = location.pathname.split('/').at(-1);
  try {
    show(new Hall(await insist('GET', `/v1/plans/${digest}/drawing`)));
  } catch (error) {
    if (refusesVisitors(error)) turnAway(text('signedInOnlyTitle'), text('signedInOnly'));
    else if (error.status === 404 || error.fields?.field === 'digest') {
      turnAway(text('noPlan'), text('noPlanWhy'));
    } else if (error.status === undefined && !isTransient(error)) throw error;
    else turnAway(text('planTitle'), refusalText(error));
  }
}

writeTexts();
begin();
