// The page of an address without a page.

import { text, writeTexts } from '../shared/text.js';

writeTexts();
document.title = text('titled', { name: text('noPage') });
