// Places for streams. A browser has six connections to a server over HTTP/1.1, and requests need
// some of them. So a few pages of a browser have a stream, those that came to the front last.

const PLACES = ['boxoffice-stream-1', 'boxoffice-stream-2', 'boxoffice-stream-3'];

/**
 * Takes a place, if need be another page's. `lost` is called if a page takes this one. Returns a
 * function that gives the place back. Without locks every page has one.
 */
export async function takePlace(lost) {
  if (!navigator.locks) return () => {};
  for (const name of PLACES) {
    const leave = await hold(name, { ifAvailable: true }, lost);
    if (leave) return leave;
  }
  const name = PLACES[Math.floor(Math.random() * PLACES.length)];
  return await hold(name, { steal: true }, lost) ?? (() => {});
}

/** Locks a name. Resolves to a function that unlocks it, or to null if it is another page's. */
function hold(name, options, lost) {
  return new Promise((resolve) => {
    const keep = (lock) => {
      if (!lock) return resolve(null);
      return new Promise((unlock) => {
        resolve(unlock);
      });
    };
    navigator.locks.request(name, options, keep).catch(() => {
      resolve(null);
      lost();
    });
  });
}
