// A pad to draw on, with mouse, pen, finger or keys. `changed(pixels)` is called with the drawing as
// SIDE x SIDE bytes (0 paper, 255 ink), or null when the pad is empty.

export const SIDE = 112;
const WIDTH = 0.075; // of the pen, in parts of the pad: what MNIST's strokes come to
const STEP = 1 / 28; // of an arrow key

export class Pad {
  constructor(canvas, changed) {
    this.canvas = canvas;
    this.changed = changed;
    this.strokes = [];
    this.current = null; // the stroke under way
    this.pen = { x: 0.5, y: 0.3, down: false, shown: false }; // of the keyboard
    this.small = new OffscreenCanvas(SIDE, SIDE);
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.end(event));
    }
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => { this.liftPen(); this.pen.shown = false; this.paint(); });
    new ResizeObserver(() => this.paint()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  begin(event) {
    if (event.button !== 0 || this.current) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.liftPen();
    this.pen.shown = false;
    this.canvas.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.current = [this.point(event)];
    this.strokes.push(this.current);
    this.drawn();
  }

  move(event) {
    if (!this.current || event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const each of events.length ? events : [event]) this.current.push(this.point(each));
    this.drawn();
  }

  end(event) {
    if (event.pointerId === this.pointer) this.current = this.pointer = null;
  }

  key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const pen = this.pen;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (moves[event.key]) {
      const [dx, dy] = moves[event.key];
      pen.x = Math.min(0.97, Math.max(0.03, pen.x + dx * STEP));
      pen.y = Math.min(0.97, Math.max(0.03, pen.y + dy * STEP));
      if (pen.down) this.strokes.at(-1).push([pen.x, pen.y]);
    } else if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) this.strokes.push([[pen.x, pen.y]]);
    } else if (event.key === "Backspace") this.undo();
    else if (event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
    pen.shown = true;
    this.drawn();
  }

  liftPen() { this.pen.down = false; }

  undo() { this.liftPen(); this.strokes.pop(); this.drawn(); }

  clear() { this.liftPen(); this.strokes = []; this.drawn(); }

  drawn() { this.paint(); this.changed(this.pixels()); }

  // Empty the pad without a word: something else is shown.
  wipe() { this.liftPen(); this.strokes = []; this.paint(); }

  paint() {
    const style = getComputedStyle(this.canvas);
    const size = Math.round(this.canvas.clientWidth * devicePixelRatio);
    if (!size) return;
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, size, size);
    this.ink(context, size, style.color);
    if (!this.strokes.length) {
      context.fillStyle = style.getPropertyValue("--faint");
      context.font = `${15 * devicePixelRatio}px system-ui, sans-serif`;
      context.textAlign = "center";
      context.fillText("draw here", size / 2, size / 2);
    }
    if (this.pen.shown) {
      context.strokeStyle = style.getPropertyValue("--accent");
      context.lineWidth = 2 * devicePixelRatio;
      context.beginPath();
      context.arc(this.pen.x * size, this.pen.y * size, (this.pen.down ? WIDTH / 2 : WIDTH / 1.4) * size, 0, 7);
      context.stroke();
    }
  }

  ink(context, size, colour) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = WIDTH * size;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of this.strokes) {
      context.beginPath();
      context.arc(stroke[0][0] * size, stroke[0][1] * size, (WIDTH * size) / 2, 0, 7); // a line of no length is not drawn
      context.fill();
      context.beginPath();
      context.moveTo(stroke[0][0] * size, stroke[0][1] * size);
      for (const [x, y] of stroke.slice(1)) context.lineTo(x * size, y * size);
      context.stroke();
    }
  }

  pixels() {
    if (!this.strokes.length) return null;
    const context = this.small.getContext("2d", { willReadFrequently: true });
    context.clearRect(0, 0, SIDE, SIDE);
    this.ink(context, SIDE, "#000");
    const rgba = context.getImageData(0, 0, SIDE, SIDE).data;
    const pixels = Uint8Array.from({ length: SIDE * SIDE }, (_, i) => rgba[4 * i + 3]);
    return pixels.some((value) => value > 100) ? pixels : null; // a stroke can lie beside the pad
  }
}
