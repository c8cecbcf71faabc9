// "How it learns": one training step with its tape, forwards, backwards, and the update.

import { ask, byId, bytes, chart, heat, ink, make, show, signedBytes, withArticle } from "./graphics.js";

const LAST_STEP = 30;
const CODE = [
  ["z1", "z1 = x @ W1"], ["a1", "a1 = z1 + b1"], ["h", "h = a1.relu()"], ["z2", "z2 = h @ W2"], ["logits", "logits = z2 + b2"],
  ["log_p", "log_p = F.log_softmax(logits, 1)"], ["picked", "picked = log_p.gather(1, labels)"], ["mean", "mean = picked.mean()"],
  ["loss", "loss = -mean"], ["backward", "loss.backward()"], ["update", "optimizer.step()"],
];
const LEAF = { z1: "W1", a1: "b1", z2: "W2", logits: "b2" };
const RULES = {
  z1: [["W1", "x.T @ g"]], a1: [["z1", "g"], ["b1", "g.sum(0)"]], h: [["a1", "g where a1 > 0, else 0"]],
  z2: [["h", "g @ W2.T"], ["W2", "h.T @ g"]], logits: [["z2", "g"], ["b2", "g.sum(0)"]],
  log_p: [["logits", "g − softmax · g.sum(1)"]], picked: [["log_p", "zeros, and g where it was picked"]],
  mean: [["picked", "g / 4 for each"]], loss: [["mean", "−g"]],
};

let data = null; // the training step from the server
let at = 0; // where in it we are
let places = []; // its places: {phase, name, title, text, code}
let seed = 1;
let busy = false;
let tell = () => {};

const size = (shape) => shape.join(" × ") || "1 number";
const times = (n) => (n === 1 ? "1" : String(n));
const paragraphs = (...texts) => texts.filter(Boolean).map((text) => make("p", {}, ...[text].flat()));
const code = (text) => make("code", {}, text);
const bold = (text) => make("b", {}, text);

const numbers = (array) => array.numbers ?? Array.from(signedBytes(array.data), (v) => (v / 127) * array.max);
const best = (row) => row.indexOf(Math.max(...row));

// what is said ------------------------------------------------------------------------------

function forwardText(name) {
  const record = Object.fromEntries(data.tape.map((r) => [r.name, r]));
  const value = numbers(record[name].value);
  const labels = data.digits.map((d) => d.label);
  const right = data.probabilities.filter((row, i) => best(row) === labels[i]).length;
  const firing = name === "h" ? value.filter((v) => v > 0).length : 0;
  return {
    z1: ["Six units look at the picture", [
      "Each of the six hidden units has a weight for every pixel. It multiplies pixel by weight and adds up all 784 products. Four digits, six units: 4 × 6 numbers.",
      ["While NumPy multiplies, the engine writes a ", bold("record"), " on its tape: the operation, where its inputs came from, and beside each input a ", bold("rule"), " for later: how a gradient of the result becomes one of that input. The pixels are not to be changed, so there is no rule for x, and no work."],
    ]],
    a1: ["Each unit adds its bias", ["The bias is a number that a unit adds whatever the picture shows: how easily it wakes. There are six, and four digits: each bias is used four times. Remember that for the way back."]],
    h: ["Whoever is below zero keeps silent", [`ReLU turns negative numbers into 0: ${firing} of the 24 stay, those units fire. It looks like nothing, yet without such a bend two layers could do no more than one.`]],
    z2: ["Six opinions become ten", ["The same operation again, with other weights: each of the ten possible answers asks all six hidden units, and trusts each one more or less."]],
    logits: ["Ten scores for each digit", [`With the second bias these are the logits. The highest score in a row is the network's answer: ${data.probabilities.map((row, i) => `${labels[i]} is read as ${best(row)}`).join(", ")}. ${times(right)} of 4 right${data.step ? "." : ": it is guessing, as its numbers are still random."}`]],
    log_p: ["Scores become probabilities", ["Softmax makes the scores of a row positive and lets them add up to 1. The engine takes the logarithm in the same operation, since the next step wants it, and since no number can overflow that way."]],
    picked: ["How sure was it of the truth?", [`Only now do the right answers come in. From each row the number at the true digit is taken: ${value.map((v, i) => `for the ${labels[i]} it is ${show(v)}, a probability of ${(100 * Math.exp(v)).toFixed(v > -4 ? 0 : 1)}%`).join("; ")}.`]],
    mean: ["Four digits, one number", ["The average of the four. A perfect network would reach 0, the logarithm of 1."]],
    loss: ["The loss: how wrong it all was", [`Turned positive, it is the cross-entropy: ${show(data.losses.at(-1), 4)}. Giving every digit a chance of one in ten would make it 2.303. Everything from here on has one purpose: to make this number smaller.`]],
  }[name];
}

function backwardText(name) {
  const record = Object.fromEntries(data.tape.map((r) => [r.name, r]));
  const labels = data.digits.map((d) => d.label);
  const silent = numbers(record.h.value).filter((v) => v <= 0).length;
  return {
    loss: ["The sign turns", ["Here stands the gradient that arrives: 1. The rule of a minus sign is a minus sign: −1 goes on to the mean."]],
    mean: ["Each of the four counts a quarter", ["The average used each number with weight ¼, so each receives a quarter of what arrives: −0.25. Make any of them larger and the loss falls by a quarter of that."]],
    picked: ["Back to where it was taken from", ["Four of the 40 numbers were picked. Their gradients go back to their places; the other 36 had no influence on the loss, and receive 0."]],
    log_p: ["What should have been more, what less", [
      "The rule gives each logit (probability − truth) / 4. At the true digit that is negative: raise this score and the loss falls. At the nine others it is positive: too much was given to them.",
      "Textbooks derive this formula by hand. Here nobody did: it is what two small rules make of each other.",
    ]],
    logits: ["An addition passes it on", ["Adding changes nothing on the way back: z2 receives the same gradient. The bias was used for four digits, so what it receives is the sum over the four: the first gradient that the optimizer will use."]],
    z2: ["The error goes through the weights", [
      ["For W2: ", code("h.T @ g"), ", how active each unit was times how wrong each answer was. A unit that was silent has no share in the error, and its row is 0."],
      ["For h: ", code("g @ W2.T"), ", the error of the ten answers sent back through the very weights they came by. This is what ", bold("back-propagation"), " means."],
    ]],
    h: ["Silent units learn nothing", [`Where ReLU gave 0, a small change of its input would change nothing: the gradient stops there, at ${silent} of 24 places. Where the unit fired it passes unchanged.`]],
    a1: ["Again an addition", ["z1 receives what arrives, and each of the six biases the sum over the four digits."]],
    z1: ["And there are the pixels", [
      ["For W1: ", code("x.T @ g"), ". Look at the picture of it: you can see the digits. Each unit's gradient is the sum of the four pictures, each weighted by how much that unit was at fault there."],
      `Where none of ${labels.join(", ")} has ink, the gradient is 0: nothing can be learnt there from these four. The first layer has no one behind it, so nothing goes on: the tape is played.`,
    ]],
  }[name];
}

function plan() {
  const check = data.check;
  const predicted = check.gradient * check.by;
  const list = [
    { phase: "Before", name: "x", title: data.step ? `Training step ${data.step + 1}: the same four, once more` : "Four digits, and 4,780 numbers", text: data.step
      ? ["The numbers are those that the last step left. The tape is empty again: a new one is written in every step."]
      : ["Four handwritten digits go in: 784 pixels each, from 0 (paper) to 1 (ink). The network is four tables of numbers: W1, b1, W2 and b2, 4,780 in all. They are random, so its answers will be, too.",
        ["To learn is to move each of these numbers a little, so that the answers get less wrong. But which way, each of 4,780? The engine finds out by keeping a ", bold("tape"), " of what it computes, and reading it backwards."]] },
    ...data.tape.map((record, i) => {
      const [title, text] = forwardText(record.name);
      return { phase: `Forward, record ${i + 1} of ${data.tape.length}`, name: record.name, title, text, code: record.name, forward: i + 1, rules: true };
    }),
    { phase: "The tape is written", name: null, title: "Nine records, and nothing else", text: ["None of them knows what a network is. Each knows one operation, where its inputs came from, and the rule beside each input. That is enough.", "The question to answer: if a number, anywhere in there, were a little larger, how much larger would the loss be? That ratio is its gradient."], code: "backward" },
    { phase: "Backward begins", name: "loss", title: "It starts with a 1", text: ["If the loss were a little larger, how much larger would the loss be? Exactly as much. So the gradient of the loss itself is 1, and with it the engine enters the last record. Recording is off meanwhile: rules are ordinary operations, and need no tape of their own, unless you ask for gradients of gradients."], code: "backward" },
    ...data.played.map((name, i) => {
      const [title, text] = backwardText(name);
      return { phase: `Backward, record ${data.tape.length - i} of ${data.tape.length}`, name, title, text, code: "backward", backward: i + 1, rules: true };
    }),
    { phase: "The gradients", name: null, title: "Do they tell the truth?", text: [
      `Each of the 4,780 numbers now has its gradient. Try one: W2 at row ${check.row + 1}, column ${check.column} has ${show(check.gradient)}. Add ${check.by} to that weight and nothing else, and run forward again.`,
      [`The loss goes from ${check.before.toFixed(6)} to ${check.after.toFixed(6)}: a change of `, bold(show(check.after - check.before)), `. The gradient had foretold ${show(check.gradient)} × ${check.by} = `, bold(show(predicted)), "."],
      "To try all of them so would take 4,780 forward runs. Backward took one pass.",
    ], code: "backward", backward: data.played.length, all: true },
    { phase: "The update", name: null, title: "Everything takes a small step downhill", text: [
      ["A gradient points to where the loss grows; so every number goes the other way: ", code(`W −= ${data.rate} × gradient`), ". This is stochastic gradient descent; the pictures show by how much each number moved."],
      "Adam, which trains the large network, does the same with more care: it averages gradients over the last steps, and gives each number a step of its own size.",
    ], code: "update", backward: data.played.length, all: true, update: true },
    { phase: "After", name: null, title: data.loss_after < data.losses.at(-1) ? "Less wrong" : "A step too far", text: [
      [`The same digits again, with the new numbers: the loss is `, bold(show(data.loss_after, 4)), `, it was ${show(data.losses.at(-1), 4)}. The true digits are now given ${data.digits.map((d, i) => `${(100 * data.probabilities_after[i][d.label]).toFixed(0)}% (the ${d.label})`).join(", ")}.`],
      data.loss_after < data.losses.at(-1) ? "" : "It went up: a gradient only tells of small steps, and this one was too long. The next steps make good for it.",
      "That is all. The large network does exactly this with 355,110 numbers and 256 digits at a time, some 12,000 times over.",
      data.step < LAST_STEP ? "Press Next to make the next training step." : "",
    ], code: "update", backward: data.played.length, all: true, update: true },
  ];
  return list;
}

// what is drawn -----------------------------------------------------------------------------

// One to three decimals, in as little room as can be; 0 is written only where it is exactly that.
const short = (value, decimals) => (value === 0 ? "0" : value.toFixed(decimals).replace("-", "−").replace(decimals === 2 ? /^(−?)0(?=\.)/ : /$^/, "$1"));

function preview(array, name, lift = true) {
  if (array.shape.every((side) => side === 1)) return make("span", { class: "one" }, show(numbers(array)[0], 4));
  const canvas = make("canvas", { class: "pixels preview", "aria-hidden": "true" });
  const values = Array.from(signedBytes(array.data), (v) => v / 127);
  const [rows, columns] = array.shape.length === 2 ? array.shape : [1, array.shape[0] ?? 1];
  if (rows === 784) {
    const tiled = new Float32Array(784 * columns);
    for (let unit = 0; unit < columns; unit++)
      for (let p = 0; p < 784; p++) tiled[Math.floor(p / 28) * 28 * columns + unit * 28 + (p % 28)] = values[p * columns + unit];
    heat(canvas, 28 * columns, 28, tiled, lift);
    canvas.classList.add("wide");
  } else {
    heat(canvas, columns, rows, values, lift);
    canvas.classList.add(rows > 1 && columns > 1 ? "table" : columns > 1 ? "row1" : "column1");
  }
  return canvas;
}

function thumbs() {
  return data.digits.map(({ picture }) => {
    const canvas = make("canvas", { class: "pixels thumb", "aria-hidden": "true" });
    ink(canvas, bytes(picture));
    return canvas;
  });
}

function grid(array, name, caption) {
  const values = numbers(array);
  const [rows, columns] = array.shape.length === 2 ? array.shape : array.shape.length === 1 ? [1, array.shape[0]] : [1, 1];
  const table = make("table", { class: columns > 6 ? "numbers many" : "numbers" }, make("caption", {}, caption));
  const pictures = rows === 4 ? thumbs() : [];
  if (columns === 10) {
    table.append(make("thead", {}, make("tr", {}, rows === 4 ? make("td", {}) : "", ...Array.from({ length: 10 }, (_, i) => make("th", { scope: "col" }, String(i))))));
  }
  const body = make("tbody");
  for (let r = 0; r < rows; r++) {
    const row = make("tr", {}, rows === 4 ? make("th", { scope: "row" }, pictures[r], make("span", { class: "unseen" }, `the ${data.digits[r].label}`)) : "");
    for (let c = 0; c < columns; c++) {
      const value = values[r * columns + c];
      const cell = make("td", {}, short(value, columns <= 6 ? 3 : array.max < 1 ? 2 : 1));
      const share = array.max ? Math.sqrt(Math.abs(value) / array.max) : 0;
      cell.style.setProperty("--share", `${Math.round(share * 46)}%`);
      cell.className = value < 0 ? "minus" : value > 0 ? "plus" : "";
      if (name === "picked-from" && data.digits[r].label === c) cell.classList.add("true");
      row.append(cell);
    }
    body.append(row);
  }
  table.append(body);
  return table;
}

function figure(array, name, text) {
  return make("figure", { class: "wide" }, preview(array, name), make("figcaption", {}, text));
}

function detail(place) {
  const record = data.tape.find((r) => r.name === place.name);
  const parts = [];
  if (place.name === "x" && !place.forward) {
    parts.push(make("div", { class: "row digits" }, ...thumbs().map((canvas, i) => make("figure", {}, canvas, make("figcaption", {}, withArticle(data.digits[i].label))))));
    parts.push(figure(data.leaves.W1, "W1", "W1: the weights of the six hidden units, as pictures. Blue is positive, orange negative."));
  } else if (place.update) {
    parts.push(figure(data.leaves.W1, "W1", "W1 before"), figure(data.change.W1, "W1", `the change, at most ${show(data.change.W1.max)}`), figure(data.after.W1, "W1", "W1 after"));
  } else if (place.all) {
    parts.push(figure(data.gradients.W1, "W1", "The gradient of W1"), grid(data.gradients.W2, "W2", "The gradient of W2: six units × ten answers"));
  } else if (place.backward) {
    parts.push(grid(record.gradient, record.name, `The gradient that arrives at ${record.name}`));
    if (["log_p", "picked", "mean", "h"].includes(record.name) || record.name === "z2") {
      const source = data.tape.find((r) => r.name === record.sources[0]);
      parts.push(grid(source.gradient, source.name, `What goes on to ${source.name}`));
    }
    const leaf = LEAF[record.name];
    if (leaf === "W1") parts.push(figure(data.gradients.W1, leaf, "The gradient of W1: made of digits"));
    else if (leaf) parts.push(grid(data.gradients[leaf], leaf, `The gradient that ${leaf} keeps`));
  } else if (record) {
    parts.push(grid(record.value, record.name === "log_p" ? "picked-from" : record.name, `${record.name}: ${size(record.value.shape)}`));
    if (record.name === "z1") parts.push(figure(data.leaves.W1, "W1", "W1, the weights it multiplied by"));
  }
  if (place.rules && record) {
    const heading = place.backward ? "Its rules, played with g, what arrives" : "The rule kept beside each input (g: the gradient of the result)";
    parts.push(make("p", { class: "rule-title" }, heading), make("ul", { class: "rules" }, ...RULES[record.name].map(([input, rule]) => make("li", {}, code(`${input}:  ${rule}`)))));
  }
  return parts;
}

function card(name, kind, title, note, value, gradient) {
  const previews = make("span", { class: "previews" });
  if (value) previews.append(make("span", { class: "slot" }, preview(value, name), make("small", {}, kind === "leaf" ? "" : "value")));
  const slot = make("span", { class: "slot gradient" });
  if (gradient) slot.append(preview(gradient, name), make("small", {}, "gradient"));
  previews.append(slot);
  const element = make(kind === "record" ? "button" : "div", { class: `node ${kind}`, "data-name": name, type: kind === "record" ? "button" : null },
    make("span", { class: "head" }, make("b", {}, title), make("span", { class: "shape" }, note)), previews);
  return element;
}

function drawTape() {
  const rows = [make("div", { class: "tape-row" }, make("div", { class: "side" }), (() => {
    const element = make("div", { class: "node input", "data-name": "x" }, make("span", { class: "head" }, make("b", {}, "x"), make("span", { class: "shape" }, "4 × 784, four digits")), make("span", { class: "row" }, ...thumbs()));
    return element;
  })())];
  data.tape.forEach((record, i) => {
    const leaf = LEAF[record.name];
    const side = make("div", { class: "side" });
    if (leaf) side.append(card(leaf, "leaf", leaf, size(data.leaves[leaf].shape), data.leaves[leaf], data.gradients[leaf]));
    if (record.name === "picked") side.append(make("div", { class: "node leaf constant", "data-name": "labels" }, make("span", { class: "head" }, make("b", {}, "labels"), make("span", { class: "shape" }, data.digits.map((d) => d.label).join(", ")))));
    const node = card(record.name, "record", record.operation, `→ ${record.name}, ${size(record.value.shape)}`, record.value, record.gradient);
    node.setAttribute("aria-label", `Record ${i + 1}: ${record.operation}, result ${record.name}, ${size(record.value.shape)}`);
    node.addEventListener("click", () => {
      const current = places[at];
      const wanted = current.backward ? "backward" : "forward";
      go(places.findIndex((p) => p.name === record.name && p[wanted]));
    });
    rows.push(make("div", { class: side.childElementCount ? "tape-row joined" : "tape-row", "data-row": record.name }, side, node));
  });
  byId("tape").replaceChildren(...rows);
}

function draw() {
  const place = places[at];
  const written = place.forward ?? (at === 0 ? 0 : data.tape.length);
  const played = place.backward ?? 0;
  data.tape.forEach((record, i) => {
    const row = document.querySelector(`[data-row="${record.name}"]`);
    const turn = data.played.indexOf(record.name) + 1;
    row.classList.toggle("blank", i >= written);
    row.classList.toggle("seeded", (played > 0 && turn <= played) || (place.phase === "Backward begins" && record.name === "loss"));
    row.classList.toggle("played", played > 0 && turn <= played);
    row.classList.toggle("now", place.name === record.name);
    row.classList.toggle("back", Boolean(place.backward) || place.phase === "Backward begins");
    row.querySelector(".record").toggleAttribute("aria-current", place.name === record.name);
  });
  byId("tape").querySelector(".input").classList.toggle("now-node", place.name === "x");
  byId("tape").classList.toggle("updated", Boolean(place.update));
  byId("phase").textContent = `Training step ${data.step + 1} · ${place.phase}`;
  byId("caption").replaceChildren(make("h2", {}, place.title), ...paragraphs(...place.text));
  byId("detail").replaceChildren(...detail(place));
  byId("code").replaceChildren(...CODE.map(([name, line]) => make("span", { class: name === place.code ? "line current" : "line" }, line)));
  byId("previous").disabled = at === 0 && data.step === 0;
  const end = at === places.length - 1;
  byId("next").disabled = end && data.step >= LAST_STEP;
  byId("next").textContent = end ? "Next training step →" : "Next →";
  const slider = byId("place");
  slider.max = places.length - 1;
  slider.value = at;
  slider.setAttribute("aria-valuetext", `${place.phase}: ${place.title}`);
  const losses = end ? [...data.losses, data.loss_after] : data.losses;
  chart(byId("lesson-chart"), [{ points: losses.map((loss, i) => [i, loss]), kind: "main" }], { height: 130, right: 10, unit: "steps", top: Math.max(2.5, ...losses) });
  byId("lesson-chart").setAttribute("aria-label", `Loss after each step: ${losses.map((loss) => show(loss)).join(", ")}`);
  byId("told").scrollTop = 0;
  bringIntoView(byId("tape"), document.querySelector(".tape-row.now, .now-node"));
}

// Scroll a pane, and nothing around it, until an element inside is seen whole.
function bringIntoView(pane, element) {
  if (!element) return;
  const [outer, inner] = [pane.getBoundingClientRect(), element.getBoundingClientRect()];
  if (inner.top >= outer.top + 8 && inner.bottom <= outer.bottom - 8) return;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  pane.scrollBy({ top: (inner.top + inner.bottom - outer.top - outer.bottom) / 2, behavior });
}

function go(place) {
  at = Math.max(0, Math.min(places.length - 1, place));
  draw();
}

async function load(step, place) {
  if (busy) return;
  busy = true;
  try {
    data = await ask(`/api/lesson?step=${step}&seed=${seed}`);
    places = plan();
    drawTape();
    go(place === "last" ? places.length - 1 : place);
    tell("");
  } catch (error) {
    tell(error.message);
  } finally {
    busy = false;
  }
}

function next() {
  if (!data) return;
  if (at < places.length - 1) go(at + 1);
  else if (data.step < LAST_STEP) load(data.step + 1, 0);
}

function previous() {
  if (!data) return;
  if (at > 0) go(at - 1);
  else if (data.step > 0) load(data.step - 1, "last");
}

export function openLesson(notice) {
  tell = notice;
  byId("next").addEventListener("click", next);
  byId("previous").addEventListener("click", previous);
  byId("restart").addEventListener("click", () => load(0, 0));
  byId("other-digits").addEventListener("click", () => { seed = Math.floor(Math.random() * 2 ** 31); load(0, 0); });
  byId("place").addEventListener("input", (event) => go(Number(event.target.value)));
  document.addEventListener("keydown", (event) => {
    if (byId("learn").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, select, textarea")) return;
    if (event.key === "ArrowRight") next();
    else if (event.key === "ArrowLeft") previous();
    else return;
    event.preventDefault();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (data) { drawTape(); draw(); } });
  load(0, 0);
}
