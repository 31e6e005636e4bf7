// Elements of the page. What the server says goes into text nodes and attributes, and is never read as markup.

export const byId = (id) => document.getElementById(id);

const names = { svg: 0, path: 0, line: 0 };

/** An element. Attributes that are functions listen to the event of their name; those that are true have no value, and
 *  those that are false, null and undefined are left out. */
export function element(tag, attributes = {}, ...children) {
  const made = tag in names
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null));
  return made;
}

/** Puts children in the place of those that an element has. */
export const fill = (parent, ...children) => parent.replaceChildren(...children.flat(Infinity).filter((child) => child != null));

/** Changes a text only when it is another, so that live regions stay silent. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Two or three choices of which one holds, as radio buttons. */
export function choice(label, name, options, changed) {
  const radios = options.map((option, index) =>
    element("label", {}, element("input", {
      type: "radio", name, value: option, checked: index === 0, change: () => changed(option),
    }), option));
  return element("div", { class: "switch", role: "radiogroup", "aria-label": label }, radios);
}

/** A short number: 1,234 and 0.0123. */
export function short(value) {
  if (value == null || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3)));
}
