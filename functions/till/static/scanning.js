// Scanning on the page: the camera, a picture where there is none, and what is said of both.

import { say } from "./words.js";

const part = (id) => document.getElementById(id);
let camera = null;
let wanted = 0; // counts openings: a camera that is there only after it was closed again is not wanted

let tries = 0;
const note = (key) => (part("camera-note").textContent = say(key));

// Fetched only now: nobody pays for it who types. Under another address after a failure, since a browser may remember
// that a module could not be fetched.
const reader = () => import(`./camera.js${tries ? `?${tries}` : ""}`).catch((error) => {
  tries += 1;
  throw error;
});

// `opened` and `closed` are called for the person's wish, `found` with the text of a code.
export function start({ opened, closed, found }) {
  part("scan").addEventListener("click", () => {
    opened();
    open(found);
  });
  part("stop").addEventListener("click", closed);
  part("picture").addEventListener("change", async () => {
    const [file] = part("picture").files, mine = wanted;
    if (!file) return;
    note("checking");
    const text = await reader().then(({ inPicture }) => inPicture(file)).catch(() => null);
    part("picture").value = "";
    if (mine !== wanted) return; // the scan is over: somebody went on with something else
    if (text) found(text);
    else note(text === null ? "no_answer" : "nothing_in_picture");
  });
}

async function open(found) {
  const mine = (wanted += 1);
  note("scan_hint");
  const module = await reader().catch(() => null);
  if (!module) return note("no_answer");
  try {
    const opened = await module.open(part("video"), found, note);
    if (mine === wanted) camera = opened;
    else opened.stop();
  } catch (error) {
    note(error.name === "NotAllowedError" ? "camera_refused" : "no_camera");
  }
}

export function close() {
  wanted += 1;
  camera?.stop();
  camera = null;
}
