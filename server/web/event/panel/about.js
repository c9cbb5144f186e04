// What people read about the event, below what they book.

import { byId, say } from '../../shared/dom.js';
import { text } from '../../shared/text.js';

export function showAbout({ description, link }) {
  byId('about').hidden = description === undefined && link === undefined;
  byId('description').hidden = description === undefined;
  say(byId('description'), description ?? '');
  // The server checks less of an address than a browser does.
  const isLink = link !== undefined && URL.canParse(link);
  byId('more').hidden = !isLink;
  if (!isLink) return;
  byId('link').href = link;
  say(byId('link'), text('moreAt', { host: new URL(link).host }));
}
