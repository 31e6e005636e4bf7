// Lines over the last minutes, drawn as SVG.

import { element, fill, setText, short } from "./elements.js";

const width = 300;
const height = 100;
const shortest = 60_000;
const longest = 300_000;

/** A line through values; it is broken where one is missing. */
function line(points, value, top) {
  let path = "";
  let isDrawn = false;
  for (const { x, point } of points) {
    const y = point[value];
    if (y == null) { isDrawn = false; continue; }
    path += `${isDrawn ? "L" : "M"}${x.toFixed(1)} ${(height - y / top * height).toFixed(1)}`;
    // One point alone is a short stroke.
    if (!isDrawn) path += "h.6";
    isDrawn = true;
  }
  return path;
}

/** How many milliseconds are shown of a series: more as it grows. */
const span = (points, now) => Math.min(longest, Math.max(shortest, now - (points[0]?.time ?? now)));

const placed = (points, now) => {
  const shown = span(points, now);
  return points.map((point) => ({ point, x: width - (now - point.time) / shown * width })).filter(({ x }) => x >= 0);
};

/** A round number that is not below a value. */
function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

const svg = (...children) =>
  element("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" }, children);

/** A small picture of how a value went. */
export function trend(points, value) {
  const shown = placed(points, performance.now());
  const top = Math.max(1e-9, ...shown.map(({ point }) => point[value] ?? 0));
  return svg(element("path", { class: "line", d: line(shown, value, top * 1.1) }));
}

export class Chart {
  #cursor = null;

  /** series: value, label and class of each line. */
  constructor(title, unit, series) {
    Object.assign(this, { title, unit, series });
    this.legend = element("span", { class: "legend" });
    this.values = series.map(({ label, kind }) => element("span", { class: kind }, label));
    fill(this.legend, this.values);
    this.top = element("span", { class: "top" });
    this.middle = element("span", { class: "middle" });
    this.plot = element("div", {
      class: "plot", role: "img", pointermove: (event) => this.#point(event), pointerleave: () => this.#point(null),
    });
    this.start = element("span");
    this.node = element("figure", {},
      element("figcaption", {}, element("strong", {}, `${title}, ${unit}`), this.legend), this.plot,
      element("div", { class: "range" }, this.start, element("span", {}, "now")));
  }

  draw(points) {
    const now = performance.now();
    this.shown = placed(points, now);
    setText(this.start, `${Math.round(span(points, now) / 1000)} s ago`);
    const values = this.shown.flatMap(({ point }) => this.series.map(({ value }) => point[value] ?? 0));
    const top = ceiling(Math.max(0, ...values));
    const lines = this.series.map(({ value, kind = "" }, index) => {
      const path = line(this.shown, value, top);
      const area = index === 0 && this.series.length === 1 && this.shown.length > 1
        ? element("path", { class: "area", d: `${path}V${height}H${this.shown[0].x.toFixed(1)}Z` }) : null;
      return [area, element("path", { class: `line ${kind}`, d: path })];
    });
    const grid = [0, height / 2].map((y) => element("line", { class: "grid", x1: 0, x2: width, y1: y, y2: y }));
    this.cursor = element("line", { class: "cursor", y1: 0, y2: height, visibility: "hidden" });
    fill(this.plot, svg(grid, lines, this.cursor), this.top, this.middle);
    setText(this.top, short(top));
    setText(this.middle, short(top / 2));
    this.#say();
  }

  #point(event) {
    const box = this.plot.getBoundingClientRect();
    this.#cursor = event && (event.clientX - box.left) / box.width * width;
    this.#say();
  }

  /** The values under the pointer, or the last ones. */
  #say() {
    const nearest = (x) => this.shown?.reduce((best, one) =>
      best && Math.abs(best.x - x) <= Math.abs(one.x - x) ? best : one, null);
    const at = this.#cursor === null ? this.shown?.at(-1) : nearest(this.#cursor);
    this.series.forEach(({ label, value }, index) => setText(this.values[index], `${label} ${short(at?.point[value])}`));
    if (this.cursor && at && this.#cursor !== null) {
      for (const name of ["x1", "x2"]) this.cursor.setAttribute(name, at.x);
      this.cursor.setAttribute("visibility", "visible");
    } else this.cursor?.setAttribute("visibility", "hidden");
    const words = this.series.map(({ label, value }) => `${label} ${short(this.shown?.at(-1)?.point[value])}`);
    this.plot.setAttribute("aria-label", `${this.title}, ${this.unit}: ${words.join(", ")}`);
  }
}
