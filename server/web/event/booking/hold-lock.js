// Whose a hold is among the tabs of a browser: the tab's that has the lock of its name. A browser
// takes the locks of a tab back when it is gone, however it went.

/** Makes a hold this tab's. Says whether it is; where there are no locks, nobody knows. */
export async function lockHold(id) {
  if (!navigator.locks) return false;
  return new Promise((resolve) => {
    const keep = (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    };
    const options = { ifAvailable: true };
    navigator.locks.request(`boxoffice-hold-${id}`, options, keep).catch(() => resolve(false));
  });
}

/** The first of these holds that is no other tab's, which is this tab's from now on. */
export async function firstUnlocked(holds) {
  for (const hold of holds) {
    if (await lockHold(hold.id)) return hold;
  }
  return undefined;
}
