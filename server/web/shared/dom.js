// Elements, made without markup: text is set as text only, so no name can become markup.

const SVG = 'http://www.w3.org/2000/svg';

/** The element with this id, which the document is known to have. */
export const byId = (id) => document.getElementById(id);

/** A new HTML element with attributes and children. */
export const element = (name, attributes = {}, ...children) =>
  furnish(document.createElement(name), attributes, children);

/** A new SVG element with attributes and children. */
export const svg = (name, attributes = {}, ...children) =>
  furnish(document.createElementNS(SVG, name), attributes, children);

/** Sets an element's text, unless it is the same: an untouched element needs no new layout. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Speaks a text through the page's live region, for screen readers. */
export function announce(text) {
  byId('announcer').textContent = text;
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}
