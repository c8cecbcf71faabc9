// "Train live": a training of this page's own on the server, watched by asking three times a second.

import { ask, asJson, byId, chart, heat, make, show, signedBytes } from "./graphics.js";

const EVERY = 330; // milliseconds
const GROWN = 1.5; // times the first loss: a training that was so far off went too fast
let name = null; // of the training on the server
let losses = [];
let accuracies = [];
let latest = null;
let looking = null;

const say = (text) => { if (byId("training-text").textContent !== text) byId("training-text").textContent = text; };

function smooth(values) {
  const out = [];
  let mean = values[0];
  values.forEach((value, i) => { mean += (value - mean) / Math.min(i + 1, 25); out.push([i + 1, mean]); });
  return out;
}

// Whether the steps are too long: the loss grew far beyond its beginning, and has not come back.
function tooFast() {
  return losses.length > 20 && Math.max(...losses) > GROWN * losses[0] && smooth(losses).at(-1)[1] > 0.9 * losses[0];
}

function draw() {
  chart(byId("loss-chart"), [
    { points: losses.map((loss, i) => [i + 1, loss]), kind: "fine" }, { points: losses.length ? smooth(losses) : [], kind: "main" },
  ], { right: Math.max(200, losses.length), unit: "steps", top: Math.max(2.5, Math.min(5, Math.max(0, ...losses))) });
  chart(byId("accuracy-chart"), [{ points: accuracies, kind: "main" }], { right: Math.max(200, losses.length), top: 1, percent: true, unit: "steps" });
  byId("loss-chart").setAttribute("aria-label", losses.length ? `Loss: ${show(smooth(losses).at(-1)[1])} after ${losses.length} steps, ${show(losses[0])} at first` : "Loss: nothing yet");
  byId("accuracy-chart").setAttribute("aria-label", accuracies.length ? `Accuracy: ${(100 * accuracies.at(-1)[1]).toFixed(1)}% after ${accuracies.at(-1)[0]} steps` : "Accuracy: nothing yet");
  if (!latest) return;
  const [units, pixels] = latest.filters.shape;
  const values = signedBytes(latest.filters.data);
  const box = byId("filters");
  if (box.childElementCount !== units) {
    box.replaceChildren(...Array.from({ length: units }, (_, i) => make("canvas", { class: "pixels", role: "img", "aria-label": `Weights of hidden unit ${i + 1}` })));
    box.dataset.units = units;
  }
  for (let unit = 0; unit < units; unit++) {
    const own = values.subarray(unit * pixels, (unit + 1) * pixels);
    const most = Math.max(1, ...own.map(Math.abs));
    heat(box.children[unit], 28, 28, Array.from(own, (v) => v / most));
  }
}

function controls() {
  const done = latest && latest.reason;
  byId("start").textContent = name && !done && latest && !latest.running ? "Go on" : name && done ? "Start anew" : "Start";
  byId("start").disabled = Boolean(name && latest && latest.running);
  byId("pause").disabled = !(name && latest && latest.running);
  byId("reset").disabled = !name && !losses.length;
}

async function look() {
  clearTimeout(looking);
  const mine = name;
  if (!mine) return;
  try {
    const found = await ask(`/api/trainings/${mine}?after=${losses.length}`);
    if (mine !== name) return;
    latest = found;
    losses = losses.concat(found.losses);
    for (const pair of found.accuracies) if (!accuracies.length || pair[0] > accuracies.at(-1)[0]) accuracies.push(pair);
    const accuracy = accuracies.length ? ` ${(100 * accuracies.at(-1)[1]).toFixed(0)}% right.` : "";
    const hundreds = Math.floor(found.steps / 100) * 100;
    const warning = tooFast() ? " Too fast: the steps overshoot and the loss has grown. Try a smaller learning rate." : "";
    if (found.reason) say(`Done after ${found.steps} steps: ${found.reason}.${accuracy}${warning}`);
    else if (!found.running) say(`Paused after ${found.steps} steps.${accuracy}${warning}`);
    else if (hundreds === 0) say(`Training.${warning}`);
    else say(`Training: more than ${hundreds} of ${found.of} steps.${warning}`);
    draw();
    controls();
    if (found.running || !found.reason) looking = setTimeout(look, found.running ? EVERY : 5000);
  } catch (error) {
    if (mine !== name) return;
    if (error.status === 404) {
      name = null;
      say("This training was closed, as nobody watched it. Start another.");
      controls();
    } else {
      say(error.message);
      looking = setTimeout(look, 2000);
    }
  }
}

async function drop() {
  clearTimeout(looking);
  const old = name;
  name = null;
  latest = null;
  losses = [];
  accuracies = [];
  if (old) await ask(`/api/trainings/${old}`, { method: "DELETE" }).catch(() => {});
}

async function start() {
  byId("start").disabled = true;
  try {
    if (name && latest && !latest.running && !latest.reason) {
      await ask(`/api/trainings/${name}`, asJson("POST", { running: true }));
    } else {
      await drop();
      const form = new FormData(byId("settings"));
      const numbers = Object.fromEntries(["rate", "hidden", "batch"].map((key) => [key, Number(form.get(key))]));
      const begun = await ask("/api/trainings", asJson("POST", { optimizer: form.get("optimizer"), ...numbers, seed: Math.floor(Math.random() * 2 ** 31) }));
      name = begun.name;
    }
    await look();
  } catch (error) {
    say(error.message);
  } finally {
    controls();
  }
}

async function pause() {
  byId("start").disabled = Boolean(name && latest && latest.running);
  byId("pause").disabled = true;
  try {
    await ask(`/api/trainings/${name}`, asJson("POST", { running: false }));
    await look();
  } catch (error) {
    say(error.message);
    controls();
  }
}

async function reset() {
  await drop();
  byId("filters").replaceChildren();
  say("Not started.");
  draw();
  controls();
}

export function openTraining() {
  byId("settings").addEventListener("submit", (event) => event.preventDefault());
  byId("start").addEventListener("click", start);
  byId("pause").addEventListener("click", pause);
  byId("reset").addEventListener("click", reset);
  addEventListener("pagehide", () => { if (name) fetch(`/api/trainings/${name}`, { method: "DELETE", keepalive: true }); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}
