// Elements made by hand. Text goes in as text only: no name can become markup.

const SVG = 'http://www.w3.org/2000/svg';

/** The element with this id, which the page has. */
export const byId = (id) => document.getElementById(id);

/** An HTML element with attributes and children. */
export const element = (name, attributes = {}, ...children) =>
  furnish(document.createElement(name), attributes, children);

/** An SVG element with attributes and children. */
export const svg = (name, attributes = {}, ...children) =>
  furnish(document.createElementNS(SVG, name), attributes, children);

/** Says a text, and touches the page only if it differs. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Says something to those who listen to the page instead of looking at it. */
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
