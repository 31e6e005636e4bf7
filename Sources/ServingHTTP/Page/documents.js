// What /openapi.json says, as a list of calls that open.

import { element, fill } from "./elements.js";

// What is no name of a model.
const every = Symbol();
const server = Symbol();

/** What a reference inside the document stands for. */
function resolved(document, value) {
  const path = value?.$ref?.split("/").slice(1);
  return path ? path.reduce((inner, name) => inner?.[name], document) : value;
}

function described(document, operation) {
  const parameters = (operation.parameters ?? []).map((parameter) => resolved(document, parameter)).filter(Boolean);
  const example = operation.requestBody?.content?.["application/json"]?.example;
  const rows = (entries) => element("dl", {}, entries.flatMap(([name, text]) =>
    [element("dt", {}, name), element("dd", {}, text ?? "")]));
  return element("div", { class: "operation" },
    operation.description ? element("p", {}, operation.description) : null,
    parameters.length ? [element("h3", {}, "Parameters"),
      rows(parameters.map(({ name, in: place, description }) => [name, `${place}. ${description ?? ""}`]))] : null,
    example ? [element("h3", {}, "A request"), element("pre", {}, JSON.stringify(example))] : null,
    element("h3", {}, "Answers"),
    rows(Object.entries(operation.responses ?? {}).map(([status, response]) =>
      [status, resolved(document, response)?.description])));
}

/** Shows the calls of a model, and those that are not of one model. */
export function showDocuments(node, document, model) {
  const groups = new Map([[model, []], [every, []], [server, []]]);
  for (const [path, operations] of Object.entries(document.paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      groups.get(operation["x-model"] ?? (path.includes("{model}") ? every : server))?.push({ method, path, operation });
    }
  }
  fill(node, [...groups].filter(([, calls]) => calls.length).map(([name, calls]) => element("details", { open: name === model },
    element("summary", {}, element("h3", {}, name === every ? "Any model" : name === server ? "Server" : name), element("span", { class: "note" }, `${calls.length} calls`)),
    calls.map(({ method, path, operation }) => {
      const details = element("details", {
        // What is not seen is not made.
        toggle: () => { if (details.open && details.children.length === 1) details.append(described(document, operation)); },
      }, element("summary", {}, element("span", { class: "method" }, method.toUpperCase()), element("code", {}, path),
        element("span", { class: "note" }, operation.summary ?? "")));
      return details;
    }))));
}
