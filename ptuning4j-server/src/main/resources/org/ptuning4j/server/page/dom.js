// Elements are made of texts, never of markup: names and labels may hold anything.

/** An element with attributes and children; a text is a child too. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key in element && typeof value === 'boolean') {
      element[key] = value;
    } else {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Up to three digits after the point, or fewer. */
export const number = (value) =>
  typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 3 }) : String(value);
