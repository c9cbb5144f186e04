// What a plan calls its rows and seats. A plan never changes, so it is asked for once.

import { insist } from '../../shared/api.js';

const known = new Map();

/** The sections of a plan: `{section, rows: [{row, labels}]}`, in physical order. */
export async function labelsOf(plan) {
  if (!known.has(plan)) {
    const { sections } = await insist('GET', `/v1/plans/${plan}/labels`);
    known.set(plan, sections);
  }
  return known.get(plan);
}
