// The tabs along the bottom.

import { listen, store } from "./store.js";
import { show, shown, titleInAddress } from "./view.js";

const list = document.getElementById("tabs");

function draw() {
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...shown().map((of) => {
    const isShown = of.id === store.sheetId;
    const tab = Object.assign(document.createElement("button"), { type: "button", textContent: of.title });
    tab.tabIndex = isShown ? 0 : -1;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-selected", isShown);
    tab.setAttribute("aria-controls", "grid");
    tab.addEventListener("click", () => show(of));
    return tab;
  }));
  const current = list.querySelector("[aria-selected=true]");
  current.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (hadFocus) current.focus();
}

function key(event) {
  const all = shown();
  const at = all.findIndex((each) => each.id === store.sheetId);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || event.altKey) return;
  event.preventDefault();
  show(all[(to + all.length) % all.length]);
}

export function start() {
  listen("book", draw);
  list.addEventListener("keydown", key);
  addEventListener("hashchange", () => show(shown().find((each) => each.title === titleInAddress())));
}
