// Requests to the server that the page came from.

let key = "";

/** The key that is sent from now on; it is kept nowhere else. */
export const useKey = (text) => { key = text; };
export const hasKey = () => key !== "";

/** The path of a model, or of a version of it. */
export const modelPath = (name, version, suffix = "") =>
  `v2/models/${encodeURIComponent(name)}${version ? `/versions/${encodeURIComponent(version)}` : ""}${suffix}`;

/** What the server answers, whatever its status. */
export async function send(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["content-type"] = "application/json";
  if (key) headers.authorization = `Bearer ${key}`;
  const started = performance.now();
  const response = await fetch(path, { method, headers, body, cache: "no-store" });
  const text = await response.text();
  return { status: response.status, text, milliseconds: performance.now() - started };
}

/** What the server answers with 200, as a value. */
export async function ask(method, path, body) {
  const answer = await send(method, path, body);
  if (answer.status !== 200) throw refusal(answer);
  return JSON.parse(answer.text);
}

/** An answer with another status as an error. */
export function refusal(answer) {
  let said = {};
  try { said = JSON.parse(answer.text); } catch { /* What stands between may answer in another form. */ }
  const error = new Error(said?.error ?? `the server answers ${answer.status}`);
  error.status = answer.status;
  error.hint = said?.hint;
  return error;
}

/** A number as the answer has it: those that JavaScript cannot hold stay text. */
export const parseExactly = (text) => JSON.parse(text, (_, value, context) =>
  typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value) ? context?.source ?? value : value);
