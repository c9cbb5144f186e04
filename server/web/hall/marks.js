// What is special about seats, in words.

import { text } from '../shared/text.js';
import { ACCESSIBLE, COMPANION, RESTRICTED } from './hall.js';

/** The marks with the names of their texts. */
export const MARKS = [[ACCESSIBLE, 'markAccessible'], [COMPANION, 'markCompanion'],
  [RESTRICTED, 'markRestricted']];

/** The marks of a seat. */
export const marksOf = (hall, seat) =>
  MARKS.filter(([mark]) => hall.marks[seat] & mark).map(([, name]) => text(name));
