// Refusals in a visitor's words. The server's own messages are written for programs.

import { sentence } from '../../shared/format.js';

/** By the refusal's name, from its fields. */
const TEXTS = {
  Busy: () => 'The server is very busy. Please try again.',
  HoldExpired: () => 'The time ran out, and the places were given back.',
  LimitExceeded: ({ limit, have }) =>
    `One person can have ${limit} places of this event${have > 0 ? `, and you have ${have}` : ''}.`,
  OutcomeUnknown: () => 'It is not certain whether that worked. Please try the same again.',
  SalesClosed: () => 'Sales are closed.',
  SoldOut: ({ free }) =>
    (free > 0 ? `There are not so many left: ${free} are free.` : 'That is sold out.'),
  NotAllowed: () => 'The server does not know you any more. Please load this page again.',
  NotTogether: ({ largest }) =>
    `There are not so many free seats beside each other; the most are ${largest}.`,
  Unavailable: () => 'The server cannot take bookings just now. Please try again shortly.',
  Unreachable: () => 'The server cannot be reached. Please try again.',
};

/** Why a request failed; for a refusal without a text here, the server's message. */
export const refusalText = ({ name, fields, message }) =>
  TEXTS[name]?.(fields ?? {}) ?? sentence(message);
