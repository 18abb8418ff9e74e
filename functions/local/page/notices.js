// What the page has to say: the status line, the banner while nobody answers, texts that found no place.

import { address } from "./api.js";
import { listen, store } from "./store.js";
import { say } from "./words.js";

const element = (id) => document.getElementById(id);
let online = true;

/** Say something in the status line; an error stays until the next thing is said. */
export function status(text, isError = false) {
  element("status").textContent = text;
  element("status").classList.toggle("error", isError);
}

/** Whether somebody answers. */
export function setOnline(isOnline) {
  if (isOnline === online) return;
  online = isOnline;
  element("banner").textContent = say("offline");
  element("banner").hidden = online;
  if (online) status(say("online"));
}

/** Keep a text that could not be written where it belongs, until the person puts it somewhere or drops it. */
export function keep(text, why, put) {
  const note = document.createElement("div");
  const box = Object.assign(document.createElement("textarea"), { value: text, rows: 1 });
  const here = button("put_here", () => { put(box.value); drop(); });
  const drop = () => {
    note.remove();
    element("kept").hidden = !element("kept").childElementCount;
  };
  here.className = "here";
  box.setAttribute("aria-label", say("kept_title"));
  note.append(Object.assign(document.createElement("p"), { textContent: why }), box, here, button("drop", drop));
  element("kept").append(note);
  element("kept").hidden = false;
  namePlaces();
}

function namePlaces() {
  const words = say("put_here", { cell: address(store.active.row, store.active.column) });
  for (const here of element("kept").querySelectorAll(".here")) here.textContent = words;
}

listen("selection", namePlaces);

export const hasKept = () => element("kept").childElementCount > 0;

function button(word, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: say(word) });
  made.addEventListener("click", act);
  return made;
}

/** Ask yes or no. */
export function confirm(question, yes) {
  const dialog = element("dialog");
  element("question").textContent = question;
  element("yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}
