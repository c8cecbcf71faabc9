// The views, and the first of them: drawing, picking, and what the network makes of it.

import { Pad } from "./drawing.js";
import { ask, byId, bytes, chart, heat, ink, make, Refused, show, signedBytes, withArticle } from "./graphics.js";
import { openLesson } from "./lesson.js";
import { openTraining } from "./training.js";

const percent = (p) => (p > 0.9995 && p < 1 ? "> 99.9%" : p > 0 && p < 0.001 ? "< 0.1%" : `${(100 * p).toFixed(1)}%`);

// views -------------------------------------------------------------------------------------

const VIEWS = { recognise: () => {}, learn: openLesson, train: openTraining };
const opened = new Set(["recognise"]);

function route(moved) {
  const wanted = location.hash.slice(1) in VIEWS ? location.hash.slice(1) : "recognise";
  for (const name of Object.keys(VIEWS)) byId(name).hidden = name !== wanted;
  for (const link of document.querySelectorAll(".top nav a")) {
    if (link.hash === `#${wanted}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!opened.has(wanted)) {
    opened.add(wanted);
    VIEWS[wanted](notice);
  }
  if (moved) {
    window.scrollTo(0, 0);
    byId("main").focus({ preventScroll: true });
  }
}

function notice(text) {
  byId("notice").hidden = !text;
  byId("notice").textContent = text || "";
}

// answers -----------------------------------------------------------------------------------

const bars = Array.from({ length: 10 }, (_, digit) => {
  const fill = make("span", { class: "fill" });
  const share = make("span", { class: "share" }, "");
  const item = make("li", {}, make("span", { class: "digit" }, String(digit)), make("span", { class: "track", "aria-hidden": "true" }, fill), share);
  byId("bars").append(item);
  return { item, fill, share };
});

function forget() {
  for (const { item, fill, share } of bars) {
    fill.style.setProperty("--share", "0%");
    share.textContent = "";
    item.classList.remove("best");
  }
  byId("big").textContent = "?";
  byId("verdict").textContent = "Draw something, or pick a test digit.";
  const blank = new Uint8Array(784);
  ink(byId("received"), blank);
  heat(byId("saliency"), 28, 28, blank);
  byId("received").setAttribute("aria-label", "Nothing received yet");
  byId("saliency").setAttribute("aria-label", "No saliency yet");
  byId("hidden").replaceChildren(...layers.map((units, i) => hiddenPanel(i, new Float32Array(units))));
}

let layers = [400, 100];
let last = null; // the latest answer, to paint again in other colours

function hiddenPanel(layer, units) {
  const firing = units.reduce((count, value) => count + (value > 0), 0);
  const across = Math.ceil(Math.sqrt(units.length));
  const canvas = make("canvas", { class: "pixels", role: "img", "aria-label": `Hidden layer ${layer + 1}: ${firing} of ${units.length} units fire` });
  heat(canvas, across, Math.ceil(units.length / across), units, true);
  return make("figure", {}, canvas, make("figcaption", {}, make("b", {}, `Hidden layer ${layer + 1}`), ` ${firing} of ${units.length} units fire`));
}

function tell(found, label = null) {
  last = [found, label];
  found.probabilities.forEach((p, digit) => {
    bars[digit].fill.style.setProperty("--share", `${100 * p}%`);
    bars[digit].share.textContent = percent(p);
    bars[digit].item.classList.toggle("best", digit === found.answer);
  });
  byId("big").textContent = found.answer;
  const second = found.probabilities.map((p, digit) => [p, digit]).sort((a, b) => b[0] - a[0])[1];
  const sure = found.probabilities[found.answer];
  const first = withArticle(found.answer);
  const other = withArticle(second[1]);
  let text = sure > 0.9 ? `This is ${first}.` : sure > 0.5 ? `Rather ${first}, or ${other}.` : `Hard to say: ${first} or ${other}?`;
  if (label !== null) text = `It is ${withArticle(label)}, read as ${first}: ${label === found.answer ? "right" : "wrong"}.`;
  if (byId("verdict").textContent !== text) byId("verdict").textContent = text;
  ink(byId("received"), bytes(found.picture));
  byId("received").setAttribute("aria-label", "The 28 by 28 picture that the network receives");
  heat(byId("saliency"), 28, 28, Array.from(signedBytes(found.saliency.data), (v) => v / 127));
  byId("saliency").setAttribute("aria-label", `Saliency of the answer ${found.answer}; the steepest slope is ${show(found.saliency.max)} per pixel`);
  byId("hidden").replaceChildren(...found.hidden.map((units, i) => hiddenPanel(i, Float32Array.from(signedBytes(units.data), (v) => v / 127))));
}

// One question at a time; while it is on its way only the latest drawing waits.
let asking = false;
let waiting = null;
let shownFor = 0;

async function answerFor(pixels) {
  const mine = ++shownFor;
  if (!pixels) {
    waiting = null;
    last = null;
    return forget();
  }
  waiting = [mine, pixels];
  if (asking) return undefined;
  asking = true;
  while (waiting) {
    const [turn, drawing] = waiting;
    waiting = null;
    try {
      const found = await ask("/api/answer", { method: "POST", body: drawing, headers: { "Content-Type": "application/octet-stream" } });
      if (turn === shownFor || waiting) tell(found);
      notice("");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      byId("verdict").textContent = error.message;
    }
    await new Promise((done) => setTimeout(done, 60));
  }
  asking = false;
  return undefined;
}

const pad = new Pad(byId("pad"), (pixels) => {
  for (const chosen of document.querySelectorAll(".thumbs [aria-pressed=true]")) chosen.setAttribute("aria-pressed", "false");
  answerFor(pixels);
});
byId("undo").addEventListener("click", () => pad.undo());
byId("clear").addEventListener("click", () => pad.clear());

// test digits -------------------------------------------------------------------------------

async function pick() {
  const wrong = document.querySelector("[name=which]:checked").value;
  let found;
  try {
    found = await ask(`/api/digits?wrong=${wrong}&seed=${Math.floor(Math.random() * 2 ** 31)}`);
  } catch (error) {
    byId("picker-text").textContent = error.message;
    return;
  }
  byId("picker-text").textContent =
    wrong === "1"
      ? `The network mistakes ${found.of.toLocaleString("en")} of the test digits. Under each: what it is → what was read.`
      : `The network reads ${found.of.toLocaleString("en")} of the test digits right.`;
  byId("thumbs").replaceChildren(
    ...found.digits.map(({ index, label, answer, picture }) => {
      const canvas = make("canvas", { class: "pixels", "aria-hidden": "true" });
      ink(canvas, bytes(picture));
      canvas.dataset.picture = picture;
      const name = label === answer ? String(label) : `${label} → ${answer}`;
      const button = make("button", {
        type: "button", "aria-pressed": "false", "aria-label": label === answer ? `Test digit ${label}` : `Test digit ${label}, read as ${answer}`,
        onclick: async () => {
          const mine = ++shownFor;
          waiting = null;
          try {
            const answer = await ask(`/api/digits/${index}`);
            if (mine !== shownFor) return;
            pad.wipe();
            for (const other of byId("thumbs").children) other.setAttribute("aria-pressed", String(other === button));
            tell(answer, answer.label);
          } catch (error) {
            notice(error.message);
          }
        },
      }, canvas, make("span", {}, name));
      return button;
    }),
  );
}

byId("others").addEventListener("click", pick);
for (const radio of document.querySelectorAll("[name=which]")) radio.addEventListener("change", pick);

// the network that answers -------------------------------------------------------------------

// What is to be said of an accuracy on digits that the network was trained on.
function remembered(count, all) {
  if (!count) return "";
  const which = count === all ? "all of them" : `${count.toLocaleString("en")} of them`;
  return `; but it was trained on ${which}, so this is no test`;
}

async function about(first) {
  let found;
  try {
    found = await ask("/api/about");
    if (!first) notice("");
  } catch (error) {
    notice(`${error.message} Trying again ...`);
    setTimeout(() => about(first), 2000);
    return;
  }
  const { network, epochs, history } = found;
  byId("about-digits").textContent = `${found.training.toLocaleString("en")} training and ${found.test.toLocaleString("en")} test digits from ${found.digits.replace(/[^ ]*\//g, "")}. Everything on this page is computed by tinygrad_mnist, on this server's CPU.`;
  if (network) {
    byId("layers").textContent = [784, ...network.hidden, 10].join("-");
    const now = epochs && history.length < epochs && !found.trouble ? "It is learning right now: " : "It is ";
    byId("about-network").textContent = `${now} ${network.origin}, and reads ${(100 * network.accuracy).toFixed(1)}% of the test digits right${remembered(network.trained_on, found.test)}.`;
    if (String(layers) !== String(network.hidden)) {
      layers = network.hidden;
      if (!last) forget();
    }
  }
  const learning = epochs > 0 && history.length < epochs && !found.trouble;
  if (epochs) {
    byId("live").hidden = !history.length && !learning;
    byId("live").querySelector("h2").textContent = learning ? "The network is learning right now" : "How the network learned, just now";
    const latest = history.at(-1);
    byId("live-text").textContent = latest
      ? `Epoch ${latest.number} of ${epochs}: loss ${latest.loss.toFixed(3)}; ${(100 * latest.test_accuracy).toFixed(1)}% of the test digits are read right. ${learning ? "You can draw already: each epoch's network takes over as it is done." : ""}`
      : "The first epoch is under way.";
    if (found.trouble) byId("live-text").textContent = found.trouble;
    const lowest = Math.min(0.9, ...history.map((e) => Math.min(e.train_accuracy, e.test_accuracy)));
    chart(byId("live-chart"), [
      { points: history.map((e) => [e.number, e.train_accuracy]), kind: "second" },
      { points: history.map((e) => [e.number, e.test_accuracy]), kind: "main" },
    ], { height: 120, bottom: Math.floor(lowest * 10) / 10, top: 1, percent: true, right: epochs, unit: "epochs" });
  }
  if (network && !byId("thumbs").children.length) pick();
  if (learning || !network) setTimeout(() => about(false), 700);
  else if (epochs && !first) pick();
}

forget();
addEventListener("hashchange", () => route(true));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (last) tell(...last);
  else forget();
  for (const canvas of document.querySelectorAll("canvas[data-picture]")) ink(canvas, bytes(canvas.dataset.picture));
});
route(false);
about(true);
