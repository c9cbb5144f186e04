// What people read about the event, below what they book.

import { byId, say } from '../../shared/dom.js';
import { text } from '../../shared/text.js';

export function showAbout({ description, link }) {
  byId('about').hidden = description === undefined && link === undefined;
  byId('description').hidden = description === undefined;
  say(byId('description'), description ?? '');
  byId('more').hidden = link === undefined;
  if (link === undefined) return;
  byId('link').href = link;
  say(byId('link'), text('moreAt', { host: new URL(link).host }));
}
