// Undo is there for ten minutes after a redemption, by the server's clock; the words beside it say for how long still.

import { now } from "./calls.js";
import { say } from "./words.js";

const ALLOWED_MS = 10 * 60 * 1000, LOOK_MS = 5000;

const part = (id) => document.getElementById(id);
let shown = null; // time of the redemption that is on the screen

// Milliseconds for which a redemption of that time can still be undone.
export const left = (time) => Date.parse(time) + ALLOWED_MS - now();

// Show the button and the words for a redemption of that time, as long as they are true; null: hide them.
export function offer(time) {
  shown = time;
  draw();
}

function draw() {
  const minutes = shown ? Math.ceil(left(shown) / 60000) : 0;
  part("undo-left").textContent = say("undo_left", { minutes });
  part("undo").hidden = part("undo-left").hidden = minutes <= 0;
}

setInterval(() => shown && draw(), LOOK_MS);
