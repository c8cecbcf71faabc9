// The figures that a reader can move. Each stands in a page as a still picture inside
// <figure class="step-the-tape"> or <figure class="drag-a-weight">; with this script the
// picture gives way to controls. All numbers come from figures-data.js, which
// `python -m docs.figures.interactive` writes from real runs.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function shape(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.textContent = text;
  return made;
}

// Put the controls where the still picture was. Arrow keys stay here: elsewhere they turn pages.
function replace(figure, ...parts) {
  const panel = element("div", { className: "interactive" }, ...parts);
  panel.addEventListener("keydown", (event) => event.stopPropagation());
  const picture = figure.querySelector("img, object");
  (picture.closest("a") ?? picture).replaceWith(panel);
}

// The tape, step by step: first the values appear, from left to right, then the gradients,
// from right to left.
function stepTheTape(figure, { svg, steps }) {
  const drawing = element("div", { className: "drawing", tabIndex: 0, innerHTML: svg });
  drawing.setAttribute("role", "group");
  drawing.setAttribute("aria-label", "The tape; it scrolls from side to side");
  const boxes = new Map();
  for (const group of drawing.querySelectorAll("g")) {
    const texts = [...group.querySelectorAll("text")];
    const name = texts[0].textContent.split(" = ")[0];
    // a box's texts: title, shape, value and its label, gradient and its label
    boxes.set(name, { group, values: texts.slice(2, 4), gradients: texts.slice(4, 6) });
  }
  const words = element("p", { className: "words" });
  words.setAttribute("aria-live", "polite");
  const back = element("button", { type: "button", textContent: "Back" });
  const next = element("button", { type: "button", textContent: "Next step" });
  const first = element("button", { type: "button", textContent: "From the start" });
  let place = 0;

  function show() {
    for (const { group, values, gradients } of boxes.values()) {
      group.classList.remove("active");
      for (const text of [...values, ...gradients]) {
        text.style.visibility = "hidden";
      }
    }
    for (const step of steps.slice(0, place + 1)) {
      for (const kind of ["values", "gradients"]) {
        for (const name of step[kind]) {
          for (const text of boxes.get(name)[kind]) {
            text.style.visibility = "visible";
          }
        }
      }
    }
    const active = [...steps[place].values, ...steps[place].gradients];
    for (const name of active) {
      boxes.get(name).group.classList.add("active");
    }
    bringIntoView(boxes.get(active[0]).group);
    words.textContent = `${place + 1} of ${steps.length}: ${steps[place].words}`;
    // not `disabled`: that would take the focus away from who presses the key
    back.setAttribute("aria-disabled", place === 0);
    next.setAttribute("aria-disabled", place === steps.length - 1);
  }

  // On a narrow screen the drawing is scrolled, the page is not.
  function bringIntoView(group) {
    const box = group.getBoundingClientRect();
    const seen = drawing.getBoundingClientRect();
    if (box.left < seen.left || box.right > seen.right) {
      drawing.scrollLeft += box.left - seen.left - (seen.width - box.width) / 2;
    }
  }

  function go(to) {
    place = Math.min(Math.max(to, 0), steps.length - 1);
    show();
  }

  back.addEventListener("click", () => go(place - 1));
  next.addEventListener("click", () => go(place + 1));
  first.addEventListener("click", () => go(0));
  const controls = element("div", { className: "controls" }, back, next, first);
  controls.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in moves) {
      event.preventDefault();
      go(place + moves[event.key]);
    }
  });
  replace(figure, drawing, words, controls);
  show();
}

// A weight is dragged; the loss and its slope follow.
function dragAWeight(figure, weights) {
  const [width, height, left, bottom, top] = [560, 300, 52, 40, 16];
  const plot = shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img" });
  const curve = shape("path", { class: "curve" });
  const tangent = shape("line", { class: "tangent" });
  const dot = shape("circle", { class: "dot", r: 6 });
  const axes = shape("g", { class: "axes" });
  plot.append(axes, curve, tangent, dot);
  const kind = element("select", {});
  kind.append(...weights.map((each, i) => element("option", { value: i, textContent: each.name })));
  const range = element("input", { type: "range", min: 0 });
  const words = element("p", { className: "words" });
  words.setAttribute("aria-live", "polite");
  let x, y, rows;

  function drawCurve() {
    rows = weights[kind.value].rows;
    const [from, to] = [rows[0][0], rows[rows.length - 1][0]];
    const losses = rows.map((row) => row[1]);
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    x = (w) => left + ((w - from) / (to - from)) * (width - left - 12);
    y = (loss) => top + ((high - loss) / (high - low)) * (height - top - bottom - 14);
    const points = rows.map(([w, loss]) => `${x(w).toFixed(1)} ${y(loss).toFixed(1)}`);
    curve.setAttribute("d", `M${points.join("L")}`);
    const floor = height - bottom;
    axes.replaceChildren(
      shape("path", { d: `M${left} ${top}V${floor}H${width - 12}` }),
      shape("text", { x: left - 6, y: y(high) + 4, "text-anchor": "end" }, high.toFixed(2)),
      shape("text", { x: left - 6, y: y(low) + 4, "text-anchor": "end" }, low.toFixed(2)),
      shape("text", { x: left, y: floor + 16 }, from.toFixed(1)),
      shape("text", { x: width - 12, y: floor + 16, "text-anchor": "end" }, to.toFixed(1)),
      shape("text", { x: width / 2, y: floor + 32, "text-anchor": "middle" }, "the weight"),
      shape("text", { x: left + 8, y: top + 4 }, "the loss"),
    );
    range.max = rows.length - 1;
  }

  function show() {
    const [w, loss, slope] = rows[range.value];
    // 60 units to each side along the line, whatever its slope
    const across = x(1) - x(0);
    const up = (y(1) - y(0)) * slope;
    const scale = 60 / Math.hypot(across, up);
    dot.setAttribute("cx", x(w));
    dot.setAttribute("cy", y(loss));
    tangent.setAttribute("x1", x(w) - across * scale);
    tangent.setAttribute("x2", x(w) + across * scale);
    tangent.setAttribute("y1", y(loss) - up * scale);
    tangent.setAttribute("y2", y(loss) + up * scale);
    const numbers = `weight ${w.toFixed(2)}, loss ${loss.toFixed(3)}, slope ${slope.toFixed(3)}`;
    let advice = "here it hardly matters";
    if (slope > 0.0005) {
      advice = "a little less of it lowers the loss";
    } else if (slope < -0.0005) {
      advice = "a little more of it lowers the loss";
    }
    words.textContent = `${numbers}: ${advice}.`;
    range.setAttribute("aria-valuetext", numbers);
    plot.setAttribute("aria-label", `The loss as the weight changes. ${numbers}`);
  }

  range.addEventListener("input", show);
  kind.addEventListener("change", () => {
    drawCurve();
    show();
  });
  drawCurve();
  range.value = 24;
  const which = element("label", {}, "which one: ", kind);
  const drag = element("label", { className: "wide" }, "drag it: ", range);
  replace(figure, plot, words, element("div", { className: "controls" }, drag, which));
  show();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const figure of document.querySelectorAll("figure.step-the-tape")) {
    stepTheTape(figure, window.FIGURES.tape);
  }
  for (const figure of document.querySelectorAll("figure.drag-a-weight")) {
    dragAWeight(figure, window.FIGURES.weights);
  }
});
