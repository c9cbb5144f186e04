// Which tab of a browser a hold belongs to: the one that has the lock named after it (Web Locks).
// The browser releases a tab's locks when the tab is gone, even after a crash.

/** Tries to lock a hold for this tab. Returns whether it did; never where there are no locks. */
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

/** Locks the first of these holds that no other tab has locked, and returns it. */
export async function firstUnlocked(holds) {
  for (const hold of holds) {
    if (await lockHold(hold.id)) return hold;
  }
  return undefined;
}
