// What the models are and do, asked of the server for as long as the page is seen.

import { ask } from "./server.js";

const interval = 2000;
const kept = 150;

export class Models {
  /** All versions of all models: name, version, state, reason. */
  index = [];
  ready = null;
  error = null;
  #tracks = new Map();
  #timer;

  constructor(changed) {
    this.changed = changed;
    document.addEventListener("visibilitychange", () => this.#schedule(0));
    this.#schedule(0);
  }

  /** Asks at once. */
  refresh() { this.#schedule(0); }

  /** The counters of a version, and what they were like over the last minutes. */
  track(name, version) { return this.#tracks.get(`${name}\n${version}`); }

  #schedule(delay) {
    clearTimeout(this.#timer);
    if (document.visibilityState === "visible") this.#timer = setTimeout(() => this.#poll(), delay);
  }

  async #poll() {
    clearTimeout(this.#timer);
    const asked = this.asked = Symbol();
    try {
      const [index, statistics, ready] = await Promise.all([
        ask("POST", "v2/repository/index", "{}"),
        ask("GET", "v2/models/stats").catch((error) => {
          // Where statistics are not for everybody, the rest of the page is.
          if (error.status === 401 || error.status === 403) return { model_stats: [], error };
          throw error;
        }),
        fetch("v2/health/ready", { cache: "no-store" }).then((response) => response.status === 200),
      ]);
      if (asked !== this.asked) return;
      this.index = index;
      this.ready = ready;
      this.error = statistics.error ?? null;
      this.#note(statistics.model_stats);
    } catch (error) {
      if (asked !== this.asked) return;
      this.error = error;
      if (error.status === undefined) this.ready = null;
    }
    this.#schedule(interval);
    this.changed();
  }

  #note(models) {
    const now = performance.now();
    const seen = new Set();
    for (const counters of models) {
      const id = `${counters.name}\n${counters.version}`;
      seen.add(id);
      const track = this.#tracks.get(id) ?? { points: [] };
      const before = track.counters;
      // A model that was loaded anew counts from 0 again.
      if (before && before.inference_stats.success.count > counters.inference_stats.success.count) track.points = [];
      else if (before) track.points.push(point(before, counters, track.time, now));
      track.points = track.points.slice(-kept);
      this.#tracks.set(id, { ...track, counters, time: now });
    }
    for (const id of this.#tracks.keys()) if (!seen.has(id)) this.#tracks.delete(id);
  }
}

function point(before, after, start, end) {
  const seconds = (end - start) / 1000;
  const [old, now] = [before.inference_stats.success, after.inference_stats.success];
  const count = now.count - old.count;
  const made = { seconds, time: end, rate: count / seconds, mean: null, median: null, tail: null };
  if (count > 0) made.mean = (now.ns - old.ns) / count / 1e6;
  const histogram = after.duration_histogram?.map(({ le, count }, index) =>
    ({ le, count: count - (before.duration_histogram?.[index]?.count ?? 0) }));
  if (count > 0 && histogram) {
    made.median = quantile(histogram, 0.5);
    made.tail = quantile(histogram, 0.99);
  }
  return made;
}

/** The milliseconds below which a share of what a histogram counted lies, evenly spread between two bounds. */
function quantile(histogram, share) {
  const total = histogram.reduce((sum, { count }) => sum + count, 0);
  let rest = share * total;
  let lower = 0;
  for (const { le, count } of histogram) {
    if (le === null) return lower * 1000;
    if (count > 0 && rest <= count) return (lower + (le - lower) * rest / count) * 1000;
    rest -= count;
    lower = le;
  }
  return null;
}
