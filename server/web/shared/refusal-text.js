// Refusals in a visitor's words. The server's own messages are written for programs.

import { text } from './text.js';

/** The names of refusals that have a text; the text's name ends with them. */
const NAMED = new Set(['Busy', 'EventCancelled', 'HoldExpired', 'LimitExceeded', 'NotAllowed',
  'NotForSale', 'NotTogether', 'OutcomeUnknown', 'PriceChanged', 'SalesClosed', 'SoldOut',
  'Unavailable', 'Unreachable']);

/** Why a request failed; for a refusal without a text here, the server's message. */
export function refusalText({ name, fields, message }) {
  if (name === 'SalesClosed' && fields.sales === 'scheduled') return text('saidScheduled');
  if (name === 'SalesClosed' && fields.sales === 'ended') return text('saidEnded');
  return NAMED.has(name) ? text(`refused${name}`, fields) : text('refusedOther', { why: message });
}
