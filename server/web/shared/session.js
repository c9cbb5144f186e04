// What a tab remembers over its pages, where the browser lets it.

/** The value that this tab remembers by a name; undefined if there is none. */
export function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // The next page begins without it.
  }
}
