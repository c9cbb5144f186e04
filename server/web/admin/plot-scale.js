// The arithmetic of plots: ticks, times and lines.

import { text } from '../shared/text.js';

/** The smallest of 1, 2, 5, 10, 20, … that is not below a value. */
export function niceAbove(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((nice) => nice >= value);
}

/** A time before now. */
export function ago(ms) {
  if (ms === 0) return text('now');
  return ms < 60_000 ? text('secondsAgo', { seconds: ms / 1_000 })
    : text('minutesAgo', { minutes: ms / 60_000 });
}

/** SVG path data of a line through `[time, value]` points, broken where a value is undefined. */
export function pathOf(points, x, y) {
  let path = '';
  let pen = 'M';
  for (const [time, value] of points) {
    if (value === undefined) {
      pen = 'M';
    } else {
      path += `${pen}${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}
