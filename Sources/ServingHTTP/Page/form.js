// A form made from what a model says of its inputs, and the request that comes of it.

import { choice, element, fill } from "./elements.js";

const fieldLimit = 64;
const elementLimit = 4_000_000;
const integers = /^(U?)INT(\d+)$/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const notFinite = { nan: "NaN", inf: "Infinity", infinity: "Infinity", "-inf": "-Infinity", "-infinity": "-Infinity" };

/** What is wrong with a field. */
class FieldError extends Error {
  constructor(message, field) {
    super(message);
    this.field = field;
  }
}

/** An element as JSON, from what somebody typed. */
function parsed(text, datatype) {
  if (datatype === "BYTES") return JSON.stringify(text);
  const trimmed = text.trim();
  const [, unsigned, bits] = integers.exec(datatype) ?? [];
  if (bits) {
    if (!/^[+-]?\d+$/.test(trimmed)) throw new Error(`expected a whole number, got “${trimmed}”`);
    const value = BigInt(trimmed.replace("+", ""));
    const [least, most] = unsigned ? [0n, 2n ** BigInt(bits) - 1n] : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
    if (value < least || value > most) throw new Error(`expected ${least} to ${most}, got ${trimmed}`);
    return String(value);
  }
  const special = notFinite[trimmed.toLowerCase()];
  if (special) return JSON.stringify(special);
  if (!number.test(trimmed)) throw new Error(`expected a number, got “${trimmed}”`);
  return /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) ? trimmed : String(Number(trimmed));
}

/** An element as JSON that stands where nobody typed any. */
function made(kind, datatype) {
  if (datatype === "BYTES") return '""';
  if (datatype === "BOOL") return String(kind === "ones" || (kind === "random" && Math.random() < 0.5));
  if (kind !== "random") return kind === "ones" ? "1" : "0";
  return integers.test(datatype) ? String(Math.floor(Math.random() * 10)) : Math.random().toFixed(4);
}

/** The fields of one input. */
class Input {
  /** rows: a function that gives the extent that all inputs share; columns: the names of the last axis. */
  constructor({ name, datatype, shape }, rows, columns) {
    Object.assign(this, { name, datatype, rows, columns, typed: [] });
    this.shape = shape;
    this.extents = shape.map((extent, axis) => extent >= 0 ? null : rows && axis === 0 ? null : element("input", {
      class: "extent", type: "number", min: 0, value: 1, "aria-label": `${name}: extent ${axis}`, change: () => this.show(),
    }));
    this.kind = element("select", { "aria-label": `${name}: values`, change: () => this.show() },
      ["fields", "JSON", "zeros", "ones", "random"].map((kind) => element("option", {}, kind)));
    this.body = element("div");
    this.node = element("fieldset", { class: "input" },
      element("legend", { class: "unseen" }, name),
      element("div", { class: "head" }, element("strong", {}, name),
        element("span", { class: "mono" }, `${datatype} [${shape.join(", ")}]`),
        this.extents.some(Boolean) ? element("span", {}, "extents ", this.extents.filter(Boolean)) : null, this.kind),
      this.body);
    if (this.count > fieldLimit) this.kind.value = "zeros";
    this.show();
  }

  get dimensions() {
    return this.shape.map((extent, axis) => {
      if (extent >= 0) return extent;
      const field = this.extents[axis];
      const value = field ? Number(field.value) : this.rows();
      if (!Number.isInteger(value) || value < 0) throw new FieldError(`${this.name}: an extent is no whole number`, field);
      return value;
    });
  }

  get count() { return this.dimensions.reduce((product, extent) => product * extent, 1); }

  show() {
    this.fields?.forEach((field, index) => { this.typed[index] = field; });
    this.fields = null;
    const kind = this.kind.value;
    if (kind === "fields") this.#showFields();
    else if (kind === "JSON") {
      this.text = element("textarea", { "aria-label": `${this.name}: data as JSON`, spellcheck: "false" });
      this.text.value = this.count <= 4096 ? `[${Array(this.count).fill(made("zeros", this.datatype)).join(", ")}]` : "[]";
      fill(this.body, this.text);
    } else fill(this.body, element("p", { class: "note" }, `${this.count.toLocaleString("en")} elements`));
  }

  #showFields() {
    const dimensions = this.dimensions;
    if (this.count > fieldLimit) {
      fill(this.body, element("p", { class: "note" }, `${this.count.toLocaleString("en")} elements are too many for fields`));
      return;
    }
    const width = dimensions.at(-1) ?? 1;
    const names = Array.from({ length: width }, (_, column) => this.columns?.[column] ?? String(column));
    this.fields = Array.from({ length: this.count }, (_, index) => this.#field(index, names, width));
    if (this.count === width) {
      fill(this.body, element("div", { class: "fields" }, this.fields.map((field, column) =>
        this.columns || width > 1 ? element("label", {}, names[column], element("br"), field) : field)));
      return;
    }
    const rows = Array.from({ length: width ? this.count / width : 0 }, (_, row) => element("tr", {},
      element("th", { scope: "row" }, String(row)),
      this.fields.slice(row * width, (row + 1) * width).map((field) => element("td", {}, field))));
    fill(this.body, element("div", { class: "scroll" }, element("table", { class: "cells" },
      element("thead", {}, element("tr", {}, element("td"), names.map((name) => element("th", { scope: "col" }, name)))),
      element("tbody", {}, rows))));
  }

  #field(index, names, width) {
    const row = this.count === width ? "" : ` row ${Math.floor(index / width)},`;
    const label = `${this.name}:${row} ${names[index % width]}`;
    const before = this.typed[index];
    if (this.datatype === "BOOL") {
      return element("input", { type: "checkbox", "aria-label": label, checked: before?.checked });
    }
    const field = element("input", {
      "aria-label": label, autocomplete: "off", spellcheck: "false",
      inputmode: this.datatype === "BYTES" ? "text" : "decimal",
    });
    field.value = before?.value ?? (this.datatype === "BYTES" ? "" : "0");
    return field;
  }

  /** The input as JSON. */
  request() {
    if (/^B?F(P)?16$/.test(this.datatype)) {
      throw new FieldError(`${this.name}: ${this.datatype} has no form in JSON, and is sent as bytes`, this.kind);
    }
    const count = this.count;
    if (count > elementLimit) throw new FieldError(`${this.name}: ${count} elements are too many for a page`, this.kind);
    return `{"name": ${JSON.stringify(this.name)}, "shape": [${this.dimensions.join(", ")}], `
      + `"datatype": "${this.datatype}", "data": ${this.#data(count)}}`;
  }

  #data(count) {
    const kind = this.kind.value;
    if (kind === "JSON") {
      try { JSON.parse(this.text.value); } catch (error) { throw new FieldError(`${this.name}: ${error.message}`, this.text); }
      return this.text.value.trim();
    }
    if (kind === "fields" && !this.fields) throw new FieldError(`${this.name}: ${count} elements are too many for fields`, this.kind);
    const elements = this.fields?.map((field, index) => {
      field.removeAttribute("aria-invalid");
      if (this.datatype === "BOOL") return String(field.checked);
      try { return parsed(field.value, this.datatype); } catch (error) {
        throw new FieldError(`${field.getAttribute("aria-label") ?? index}: ${error.message}`, field);
      }
    });
    return `[${(elements ?? Array.from({ length: count }, () => made(kind, this.datatype))).join(", ")}]`;
  }
}

/** The names of the columns, when one input has as many. */
function columnNames(metadata) {
  try {
    const names = JSON.parse(metadata.properties?.feature_names ?? "null");
    return metadata.inputs.length === 1 && metadata.inputs[0].shape.at(-1) === names?.length ? names.map(String) : null;
  } catch { return null; }
}

/** A request from a file: one as it is, or the data of its inputs by name, or that of the only one. */
function requestFrom(value, metadata) {
  if (Array.isArray(value?.inputs)) return value;
  const shape = (data) => Array.isArray(data) ? [data.length, ...(data.length ? shape(data[0]) : [])] : [];
  const given = Array.isArray(value) ? { [metadata.inputs[0]?.name]: value } : value;
  return {
    inputs: metadata.inputs.filter(({ name }) => name in given).map(({ name, datatype }) =>
      ({ name, shape: shape(given[name]), datatype, data: given[name] })),
  };
}

export class Form {
  /** sent: is given the text of a request, and gives a promise of its answer. */
  constructor(metadata, sent) {
    Object.assign(this, { metadata, sent });
    const isBatched = metadata.inputs.length > 0 && metadata.inputs.every(({ shape }) => shape[0] === -1);
    this.rows = element("input", {
      class: "extent", type: "number", min: 1, max: 1024, value: 1, change: () => this.inputs.forEach((input) => input.show()),
    });
    const rows = isBatched ? () => Math.max(1, Number(this.rows.value) || 1) : null;
    const columns = columnNames(metadata);
    this.inputs = metadata.inputs.map((input) => new Input(input, rows, columns));
    this.fields = element("div", {}, this.inputs.map((input) => input.node));
    this.text = element("textarea", { "aria-label": "Request as JSON", spellcheck: "false" });
    this.file = element("input", { type: "file", accept: ".json,application/json", change: () => this.#read() });
    this.json = element("div", { hidden: true }, element("p", {}, element("label", {}, "File ", this.file)), this.text);
    this.status = element("p", { class: "error", role: "alert" });
    this.button = element("button", { class: "primary" }, "Send");
    this.node = element("form", { novalidate: true, submit: (event) => this.#submit(event) },
      element("div", { class: "bar" },
        choice("Form of the request", "request-form", ["Fields", "JSON"], (form) => this.#show(form)),
        isBatched ? element("label", {}, "Rows ", this.rows) : null),
      this.fields, this.json,
      element("div", { class: "actions" }, this.button, this.status));
  }

  get #isText() { return !this.json.hidden; }

  #show(form) {
    if (form === "JSON" && !this.text.value) {
      try { this.text.value = this.#request(); } catch { /* What is wrong is told when it is sent. */ }
    }
    this.json.hidden = form !== "JSON";
    this.fields.hidden = form === "JSON";
    this.rows.disabled = form === "JSON";
  }

  async #read() {
    const [file] = this.file.files;
    if (!file) return;
    const text = await file.text();
    try {
      const value = JSON.parse(text);
      this.text.value = Array.isArray(value?.inputs) ? text : JSON.stringify(requestFrom(value, this.metadata));
      this.status.textContent = "";
    } catch (error) { this.status.textContent = `${file.name}: ${error.message}`; }
  }

  #request() {
    if (this.#isText) return this.text.value;
    return `{"inputs": [${this.inputs.map((input) => input.request()).join(", ")}]}`;
  }

  async #submit(event) {
    event.preventDefault();
    this.status.textContent = "";
    try {
      const request = this.#request();
      this.button.disabled = true;
      await this.sent(request);
    } catch (error) {
      this.status.textContent = error.message;
      error.field?.setAttribute("aria-invalid", "true");
      error.field?.focus();
    }
    this.button.disabled = false;
  }
}
