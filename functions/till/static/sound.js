// A sound for each kind of answer, made here. A browser allows it after the first tap or key.

const SOUNDS = {
  valid: [[660, 0, 0.09], [880, 0.1, 0.14]],
  done: [[660, 0, 0.08], [880, 0.09, 0.08], [1320, 0.18, 0.22]],
  undone: [[880, 0, 0.1], [587, 0.11, 0.18]],
  refused: [[196, 0, 0.18], [156, 0.22, 0.3]],
  unknown: [[440, 0, 0.12], [440, 0.24, 0.12]],
};
const KEY = "promosheet-muted"; // a wish about the device, nothing of a person
const LATE_MS = 1000; // a sound that could not begin until then is not for what is on the screen now
let context = null, played = 0;
let awake = new Promise(() => {}); // kept when sounds can be heard; so not before the first gesture

// Let *button* switch the sound off and on.
export function start(button) {
  const draw = () => button.setAttribute("aria-pressed", String(!isMuted()));
  button.addEventListener("click", () => {
    mute(!isMuted());
    draw();
  });
  draw();
}

function isMuted() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false; // a browser without storage
  }
}

function mute(isWanted) {
  try {
    localStorage.setItem(KEY, isWanted ? "1" : "0");
  } catch {} // a browser without storage
}

// Also after a call or a locked screen, where a phone takes the sound away ("interrupted").
function wake() {
  context ??= new AudioContext();
  awake = context.resume().catch(() => {}); // no gesture to the browser: the next one is
}

// A finger counts when it is lifted, a mouse when it is pressed (user activation in the HTML standard).
const GESTURES = ["mousedown", "pointerup", "touchend", "click", "keydown"];
if (window.AudioContext) for (const gesture of GESTURES) addEventListener(gesture, wake, { passive: true });

export function play(kind) {
  document.body.dataset.played = isMuted() ? "" : kind;
  if (isMuted() || !SOUNDS[kind]) return;
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(kind === "refused" ? [120, 80, 120] : 60);
  const mine = (played += 1), begin = performance.now();
  awake.then(() => {
    if (mine !== played || performance.now() - begin > LATE_MS || context.state !== "running") return;
    for (const [pitch, from, length] of SOUNDS[kind]) tone(pitch, context.currentTime + from, length);
  });
}

function tone(pitch, from, length) {
  const voice = new OscillatorNode(context, { type: "triangle", frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(0.4, from + 0.01); // no click at either end
  volume.gain.setTargetAtTime(0, from + length - 0.03, 0.015);
  voice.connect(volume).connect(context.destination);
  voice.start(from);
  voice.stop(from + length + 0.1);
}
