// The answer to a request: a table, the JSON, and the line of a shell that asks the same.

import { choice, element, fill } from "./elements.js";
import { hasKey, parseExactly, refusal } from "./server.js";

const rowLimit = 100;
const columnLimit = 32;
const longestArgument = 100_000;

/** A word of a shell. */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The command that sends a request. */
function curl(url, request) {
  const key = hasKey() ? ' \\\n  -H "authorization: Bearer $KEY"' : "";
  const data = request.length > longestArgument ? "@request.json" : quoted(request);
  return `curl ${quoted(url)} \\\n  -H 'content-type: application/json'${key} \\\n  --data-${data[0] === "@" ? "binary" : "raw"} ${data}`;
}

async function copy(text, source) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages over plain HTTP have no clipboard, save those of this machine.
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  }
}

const columnCount = (output) => output.data.length / (output.shape[0] ?? 1);

/** The cells of an output: the columns of each row. */
function columns(output) {
  const isRow = output.shape.length > 0 && output.shape[0] > 0;
  const width = isRow ? columnCount(output) : output.data.length;
  const shown = Math.min(width, columnLimit);
  const values = output.data.filter((value) => typeof value === "number");
  const isFloat = output.datatype.startsWith("F") && values.length === output.data.length;
  // Numbers between 0 and 1 that add up to 1 in each row are shares.
  const isShare = isFloat && width > 1 && values.every((value) => value >= 0 && value <= 1)
    && Array.from({ length: values.length / width }, (_, row) =>
      values.slice(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0)).every((sum) => Math.abs(sum - 1) < 1e-3);
  return Array.from({ length: shown }, (_, column) => ({
    name: width === 1 ? output.name : `${output.name}[${column}]`,
    cell: (row) => cell(output.data[row * width + column], isShare),
    isLeftOut: column === shown - 1 && width > shown ? width - shown : 0,
  }));
}

function cell(value, isShare) {
  const isText = typeof value === "string";
  const text = typeof value === "number" && !Number.isInteger(value) ? String(Number(value.toPrecision(8))) : String(value);
  const made = element("td", { class: isText ? "value" : isShare ? "number share" : "number" }, text);
  if (isShare) made.style.setProperty("--share", value);
  return made;
}

/** The outputs whose first extents are the same stand in one table. */
function tables(outputs) {
  const groups = new Map();
  for (const output of outputs.filter(({ data }) => data)) {
    const rows = output.shape.length ? output.shape[0] : 1;
    groups.set(rows, [...(groups.get(rows) ?? []), output]);
  }
  return [...groups].flatMap(([rows, group]) => {
    const all = group.flatMap(columns);
    const shown = Math.min(rows, rowLimit);
    const left = all.reduce((sum, column) => sum + column.isLeftOut, 0);
    const more = [left ? `${left} more columns` : null, rows > shown ? `${rows - shown} more rows` : null].filter(Boolean);
    return [
      element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Outputs" }, element("table", {},
        element("thead", {}, element("tr", {}, rows > 1 ? element("th", { scope: "col" }, "row") : null,
          all.map(({ name }) => element("th", { scope: "col" }, name)))),
        element("tbody", {}, Array.from({ length: shown }, (_, row) => element("tr", {},
          rows > 1 ? element("th", { scope: "row" }, String(row)) : null, all.map((column) => column.cell(row))))))),
      more.length ? element("p", { class: "note" }, `${more.join(" and ")} in the JSON`) : null,
    ];
  });
}

/** The JSON with a line for each output. */
const spread = (text) => text.replace(/,"outputs":\[/, ',\n"outputs":[\n  ').replaceAll('},{"name":', '},\n  {"name":');

export class Answer {
  constructor(node) {
    this.node = node;
    this.status = element("p", { role: "status" });
    this.body = element("div");
    this.clear();
  }

  clear() {
    this.status.textContent = "Nothing was sent yet.";
    this.status.className = "note";
    fill(this.body);
    fill(this.node, this.status, this.body);
  }

  wait() { this.status.textContent = "Waiting…"; }

  show(answer, url, request) {
    const isDone = answer.status === 200;
    this.status.className = isDone ? "note" : "error";
    this.status.textContent = `${answer.status} after ${answer.milliseconds.toFixed(1)} ms, `
      + `${answer.text.length.toLocaleString("en")} bytes of JSON`;
    fill(this.body, isDone ? this.#outputs(answer.text) : this.#refusal(answer), this.#command(url, request));
  }

  /** What kept a request from being answered. */
  fail(error, url, request) {
    this.status.className = "error";
    this.status.textContent = `No answer: ${error.message}`;
    fill(this.body, this.#command(url, request));
  }

  #refusal(answer) {
    const { message, hint } = refusal(answer);
    return [element("p", { class: "error" }, message), hint ? element("p", { class: "note" }, hint) : null];
  }

  #outputs(text) {
    const table = element("div", {}, tables(parseExactly(text).outputs));
    const json = element("pre", { hidden: true, tabindex: 0, "aria-label": "Answer as JSON" }, spread(text));
    return [
      element("div", { class: "bar" }, choice("Form of the answer", "answer-form", ["Table", "JSON"], (form) => {
        json.hidden = form !== "JSON";
        table.hidden = form === "JSON";
      })), table, json,
    ];
  }

  #command(url, request) {
    const text = curl(url, request);
    const line = element("pre", { tabindex: 0, "aria-label": "The same with curl" }, text);
    const said = element("span", { class: "note", role: "status" });
    const file = text.includes("@request.json")
      ? element("a", { download: "request.json", href: URL.createObjectURL(new Blob([request])) }, "request.json") : null;
    return [element("div", { class: "bar" }, element("h3", {}, "The same with curl"),
      element("span", { class: "actions" }, said, file, element("button", {
        type: "button", click: async () => { await copy(text, line); said.textContent = "Copied."; },
      }, "Copy"))), line];
  }
}
