// What all views share: asking the server, unpacking its arrays, and drawing them.

export const byId = (id) => document.getElementById(id);

// An element with attributes and children (strings are text, never markup).
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export class Refused extends Error {
  constructor(status, message) { super(message); this.status = status; }
}

// The server's answer as JSON; Refused with its one line where it has none.
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused(0, "The server does not answer.");
  }
  if (response.status === 204) return null;
  const found = await response.json().catch(() => ({ error: "The server sent no JSON." }));
  if (!response.ok) throw new Refused(response.status, found.error);
  return found;
}

export const asJson = (method, value) => ({ method, body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

export const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
export const signedBytes = (base64) => new Int8Array(bytes(base64).buffer);

// A digit with its article: "a 7", "an 8".
export const withArticle = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);

export function show(value, digits = 3) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 0.001 && size < 10000 ? String(Number(value.toPrecision(digits))).replace("-", "−") : value.toExponential(1).replace("-", "−");
}

function colour(name) {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
}

// Paint `values` (from -1 to 1) on a canvas of width x height points: blue above 0, orange below.
// Magnitudes are drawn as their square root where `lift` is set, so that small ones are seen too.
export function heat(canvas, width, height, values, lift = false) {
  canvas.width = width;
  canvas.height = height;
  const [zero, plus, minus] = ["--zero", "--plus", "--minus"].map(colour);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    const value = values[i] ?? 0;
    const end = value < 0 ? minus : plus;
    const share = lift ? Math.sqrt(Math.abs(value)) : Math.abs(value);
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = zero[c] + (end[c] - zero[c]) * share;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Paint a picture of bytes: 0 paper, 255 ink.
export function ink(canvas, data, width = 28, height = 28) {
  canvas.width = width;
  canvas.height = height;
  const [paper, full] = ["--paper", "--ink"].map(colour);
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = paper[c] + ((full[c] - paper[c]) * data[i]) / 255;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

const SVG = "http://www.w3.org/2000/svg";
function shape(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

// Lines over steps. lines: [{points: [[x, y], ...], kind, name}]; top and bottom of the y axis are
// found, or given; `percent` writes them as such.
export function chart(svg, lines, { height = 170, bottom = 0, top = null, percent = false, right = 1, unit = "" } = {}) {
  const width = Math.round(svg.clientWidth) || 360;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren();
  const points = lines.flatMap((line) => line.points);
  const most = top ?? Math.max(...points.map((p) => p[1]).filter(Number.isFinite), 0.1);
  const last = Math.max(right, ...points.map((p) => p[0]));
  const [left, under, above] = [38, 24, 8];
  const x = (value) => left + ((width - left - 10) * value) / last;
  const y = (value) => height - under - ((height - under - above) * (Math.min(value, most) - bottom)) / (most - bottom);
  const raw = (most - bottom) / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 2.5, 5, 10].find((k) => k * power >= raw * 0.99);
  for (let value = bottom; value <= most * 1.0001; value += step) {
    svg.append(shape("line", { class: "grid", x1: left, x2: width - 10, y1: y(value), y2: y(value) }));
    const text = percent ? `${Math.round(value * 100)}%` : String(Number(value.toPrecision(3)));
    svg.append(shape("text", { class: "tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text));
  }
  svg.append(shape("text", { class: "tick", x: left, y: height - 6 }, "0"));
  svg.append(shape("text", { class: "tick", x: width - 10, y: height - 6, "text-anchor": "end" }, `${last} ${unit}`));
  for (const { points, kind } of lines) {
    if (!points.length) continue;
    const path = points.map(([px, py], i) => `${i ? "L" : "M"}${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("");
    svg.append(shape("path", { class: `line ${kind}`, d: path }));
    if (kind !== "fine") {
      const [px, py] = points.at(-1);
      svg.append(shape("circle", { class: `dot ${kind}`, cx: x(px), cy: y(py), r: 3.5 }));
    }
  }
}
