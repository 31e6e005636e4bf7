// The page: which model is chosen, and what is shown of it.

import { Answer } from "./answer.js";
import { Chart, trend } from "./charts.js";
import { showDocuments } from "./documents.js";
import { byId, element, fill, setText, short } from "./elements.js";
import { Form } from "./form.js";
import { Models } from "./models.js";
import { ask, modelPath, send, useKey } from "./server.js";

const models = new Models(update);
const answer = new Answer(byId("answer"));
const charts = [
  new Chart("Requests", "per second", [{ value: "rate", label: "now" }]),
  new Chart("Latency", "ms", [
    { value: "mean", label: "mean" }, { value: "median", label: "p50", kind: "second" }, { value: "tail", label: "p99", kind: "third" },
  ]),
];
const counters = element("dl", { class: "counters" });
fill(byId("charts"), charts.map((chart) => chart.node));
fill(byId("counters"), counters);

/** The version that is shown, and what is known of it. */
let shown = null;
let openAPI = null;

const address = (entry) => `#/${encodeURIComponent(entry.name)}/${encodeURIComponent(entry.version)}`;
const same = (one, other) => one?.name === other?.name && one?.version === other?.version;

/** The version that the address names; without one the first that is ready. */
function chosen() {
  const parts = location.hash.startsWith("#/") ? location.hash.slice(2).split("/") : [];
  const named = models.index.filter((entry) => address(entry).split("/")[1] === parts[0]);
  return named.find((entry) => entry.version === parts[1]) ?? named.at(-1)
    ?? models.index.find((entry) => entry.state === "READY") ?? models.index[0];
}

function update() {
  const { error, ready, index } = models;
  setText(byId("notice"), !error ? "" : error.status === 401 || error.status === 403
    ? `The server wants another key: ${error.message}` : error.status ? error.message : "The server does not answer.");
  byId("notice").hidden = !error;
  const count = `${index.length} ${index.length === 1 ? "version" : "versions"} of models`;
  const words = ready === null ? "No answer" : ready ? `Ready, ${count}` : `Not ready, ${count}`;
  if (byId("server-state").textContent !== words) {
    fill(byId("server-state"), element("span", { class: `dot ${ready ? "good" : "bad"}` }), words);
  }
  showModels();
  const entry = chosen();
  byId("model").hidden = !entry;
  if (entry) showModel(entry);
  if (index.length && !openAPI) readDocuments();
}

function showModels() {
  byId("filter-label").hidden = models.index.length < 10;
  const wanted = byId("filter").value.toLowerCase();
  const current = chosen();
  const focused = document.activeElement?.getAttribute("href");
  fill(byId("models"), models.index.filter(({ name }) => name.toLowerCase().includes(wanted)).map((entry) => {
    const track = models.track(entry.name, entry.version);
    const last = track?.points.at(-1);
    const counted = track?.counters.inference_stats;
    const number = (text, kind = "number") => element("td", { class: kind }, text);
    const isReady = entry.state === "READY";
    return element("tr", { "aria-current": same(entry, current) && "true" },
      element("td", {}, element("a", { href: address(entry) }, entry.name)), element("td", { class: "mono" }, entry.version),
      element("td", {}, element("span", { class: `dot ${isReady ? "good" : "bad"}` }),
        element("span", { class: "word" }, isReady ? "ready" : entry.state.toLowerCase())),
      number(short(counted?.success.count), "number wide"), number(short(counted?.fail.count), "number wide"),
      number(short(last?.rate)), number(short(last?.mean), "number wide"),
      element("td", { class: "trend" }, track ? trend(track.points, "rate") : null));
  }));
  if (focused?.startsWith("#/")) byId("models").querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function showModel(entry) {
  const track = models.track(entry.name, entry.version);
  if (!same(entry, shown?.entry) || entry.state !== shown.entry.state) open(entry);
  shown.entry = entry;
  for (const chart of charts) chart.draw(track?.points ?? []);
  const counted = track?.counters;
  const { success, fail, queue, compute_infer: infer } = counted?.inference_stats ?? {};
  const mean = (sum) => sum?.count ? `${short(sum.ns / sum.count / 1e6)} ms` : "–";
  const values = [
    ["Requests", short(success?.count)], ["Failed", short(fail?.count)], ["Rows", short(counted?.inference_count)],
    ["Mean", mean(success)], ["of it waiting", mean(queue)], ["of it the model", mean(infer)],
    ["Last", counted?.last_inference ? new Date(counted.last_inference).toLocaleTimeString() : "–"],
  ];
  fill(counters, values.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** Shows another version, or the same in another state. */
async function open(entry) {
  shown = { entry };
  const now = shown;
  setText(byId("model-title"), `${entry.name}, version ${entry.version}`);
  document.title = `${entry.name} – mlpack`;
  answer.clear();
  fill(byId("form"));
  showActions(entry);
  if (openAPI) showDocuments(byId("documents"), openAPI, entry.name);
  if (entry.state !== "READY") {
    fill(byId("tensors"), element("p", { class: "error" }, entry.reason || entry.state));
    fill(byId("form"), element("p", { class: "note" }, "The version is not loaded."));
    return;
  }
  try {
    const metadata = await ask("GET", modelPath(entry.name, entry.version));
    if (now !== shown) return;
    fill(byId("tensors"), tensors("Inputs", metadata.inputs), tensors("Outputs", metadata.outputs));
    fill(byId("form"), new Form(metadata, (request) => infer(entry, request)).node);
  } catch (error) {
    if (now === shown) fill(byId("tensors"), element("p", { class: "error" }, error.message));
  }
}

const tensors = (title, list) => [element("h3", {}, title), element("div", { class: "scroll" }, element("table", {},
  element("thead", {}, element("tr", {}, ["Name", "Datatype", "Shape"].map((name) => element("th", { scope: "col" }, name)))),
  element("tbody", {}, list.map(({ name, datatype, shape }) => element("tr", {}, element("td", { class: "mono" }, name),
    element("td", { class: "mono" }, datatype), element("td", { class: "mono" }, `[${shape.join(", ")}]`))))))];

async function infer(entry, request) {
  const path = modelPath(entry.name, entry.version, "/infer");
  const url = new URL(path, document.baseURI).href;
  answer.wait();
  try {
    answer.show(await send("POST", path, request), url, request);
  } catch (error) { answer.fail(error, url, request); }
  models.refresh();
}

/** Loading and unloading, where the server's document has them. */
function showActions({ name, state }) {
  const isAllowed = openAPI?.paths?.["/v2/repository/models/{model}/load"];
  const change = (verb, title, text) => element("button", {
    type: "button", click: async () => {
      if (!await confirmed(title, text, title.split(" ")[0])) return;
      try {
        await ask("POST", `v2/repository/models/${encodeURIComponent(name)}/${verb}`, "{}");
        openAPI = null;
      } catch (error) {
        fill(byId("actions"), ...byId("actions").childNodes, element("span", { class: "error", role: "alert" }, error.message));
      }
      shown = null;
      models.refresh();
    },
  }, title.split(" ")[0]);
  fill(byId("actions"), !isAllowed ? null : [
    change("load", `${state === "READY" ? "Reload" : "Load"} ${name}`,
      "Its files are read anew. What is served stays until every version of it is ready."),
    state === "READY" ? change("unload", `Unload ${name}`, "Every version goes; requests for it are then refused.") : null,
  ]);
}

/** Whether somebody says yes. */
function confirmed(title, text, verb) {
  const dialog = byId("confirmation");
  setText(byId("confirmation-title"), `${title}?`);
  setText(byId("confirmation-text"), text);
  setText(byId("confirmation-yes"), verb);
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

async function readDocuments() {
  openAPI = {};
  try {
    const [document, server] = await Promise.all([ask("GET", "openapi.json"), ask("GET", "v2")]);
    openAPI = document;
    setText(byId("server-version"), server.version);
    showDocuments(byId("documents"), document, shown?.entry.name);
    if (shown) showActions(shown.entry);
  } catch (error) {
    fill(byId("documents"), element("p", { class: "error" }, error.message));
  }
}

byId("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  useKey(byId("key").value.trim());
  shown = openAPI = null;
  models.refresh();
});
byId("filter").addEventListener("input", showModels);
addEventListener("hashchange", () => { if (models.index.length) update(); });
