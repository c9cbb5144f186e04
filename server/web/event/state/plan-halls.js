// The halls of plans. A plan never changes, so it is asked for once.

import { insist } from '../../shared/api.js';
import { Hall } from '../../hall/hall.js';

const known = new Map();

/** The hall of a plan, named by its digest. */
export async function hallOf(plan) {
  if (!known.has(plan)) known.set(plan, new Hall(await insist('GET', `/v1/plans/${plan}/drawing`)));
  return known.get(plan);
}
