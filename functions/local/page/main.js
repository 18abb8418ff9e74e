// Putting the page together.

import { addRows, names, sort } from "./acts.js";
import { Refused, Unreachable } from "./api.js";
import * as blocks from "./blocks.js";
import * as bot from "./bot.js";
import { content, editText } from "./cells.js";
import * as editor from "./editor.js";
import * as grid from "./grid.js";
import * as keys from "./keys.js";
import * as menu from "./menu.js";
import { hasKept, status } from "./notices.js";
import * as outbox from "./outbox.js";
import { forgetHandles, Moved } from "./rows.js";
import { cellAt, listen, store } from "./store.js";
import * as tabs from "./tabs.js";
import { followChanges } from "./view.js";
import { say } from "./words.js";

const element = (id) => document.getElementById(id);

let touched = null; // the tab whose grid the person has touched: before that no note lies over it

/** The line above the grid: what the active cell really holds, and its note. */
function showContent() {
  const cell = cellAt(store.active.row, store.active.column);
  element("content").textContent = content(cell) === "" ? "" : editText(cell);
  showTip(touched === store.sheetId ? grid.cellElement(store.active.row, store.active.column) : null, cell);
}

/** The note of a cell beside it, else its text below it if there is more than the cell shows; true if there is either. */
function showTip(at, cell) {
  const tip = element("tip");
  const isCut = !cell?.note && at?.scrollWidth > at?.clientWidth;
  tip.hidden = !(at && (cell?.note || isCut));
  if (tip.hidden) return false;
  const box = at.getBoundingClientRect();
  tip.textContent = cell.note ?? cell.formattedValue;
  const [left, top] = isCut ? [box.left, box.bottom + 4] : [box.right + 6, box.top];
  tip.style.left = `${Math.max(4, Math.min(left, innerWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${Math.min(top, innerHeight - tip.offsetHeight - 4)}px`;
  return true;
}

function hover(event) {
  const at = event.target.closest?.("[data-row][data-column]");
  if (!at || !showTip(at, cellAt(Number(at.dataset.row), Number(at.dataset.column)))) showContent();
}

const TOOLS = {
  undo: () => outbox.undo(),
  row: (button) => menu.openRowMenu(button),
  column: (button) => menu.openColumnMenu(button),
  sort_up: () => sort("ASCENDING"),
  sort_down: () => sort("DESCENDING"),
};

function nameTools() {
  for (const name of ["sort_up", "sort_down"]) {
    const button = document.querySelector(`[data-do=${name}]`);
    button.textContent = say(name).split(" ").find((word) => word.includes("→"));
    button.setAttribute("aria-label", say(name, names()));
  }
}

function setPanel(isOpen) {
  document.body.classList.toggle("panel-open", isOpen);
  element("open-panel").setAttribute("aria-expanded", isOpen);
  (isOpen ? element("panel").querySelector("select") : element("grid")).focus();
}

const STOPS = {
  grid: () => element("grid"),
  tabs: () => document.querySelector("[role=tab][tabindex='0']"),
  panel: () => element("panel").querySelector("select"),
};

function jumpTo(name) {
  if (name === "panel") setPanel(true);
  STOPS[name]().focus();
}

const isInDrawer = (target) => document.body.classList.contains("panel-open") && element("panel").contains(target);

/** F6 goes round: grid, tabs, panel. Ctrl+PageUp and Ctrl+PageDown change the tab from anywhere. */
function pageKey(event) {
  if (element("dialog").open) return;
  if (event.key === "F6") {
    const names = Object.keys(STOPS);
    const regions = { grid: "#scroller, #editor", tabs: "#tabs", panel: "#panel" };
    const at = names.findIndex((name) => document.activeElement.closest(regions[name]));
    jumpTo(names[(at + (event.shiftKey ? names.length - 1 : 1) + names.length) % names.length]);
  } else if (event.ctrlKey && (event.key === "PageUp" || event.key === "PageDown")) {
    keys.nextTab(event.key === "PageUp" ? -1 : 1);
  } else if (event.key === "Escape" && isInDrawer(event.target)) {
    setPanel(false);
  } else return;
  event.preventDefault();
}

/** Words for what no part of the page could mend itself. */
function whatWentWrong(problem) {
  if (problem instanceof Moved) return say("changed");
  if (problem instanceof Unreachable) return say("nobody");
  return problem instanceof Refused ? say("failed", { why: problem.message }) : "";
}

let isFirst = true; // reading: the language of the sheet is not known before it

for (const part of [grid, tabs, editor, blocks, menu, bot, keys]) part.start();
listen("cells", () => {
  forgetHandles((handle) => outbox.needs(handle) || store.editing?.handle === handle);
  showContent();
  nameTools();
  if (isFirst) status("");
  isFirst = false;
});
listen("selection", () => {
  showContent();
  nameTools();
});
listen("pending", () => {
  document.querySelector("[data-do=undo]").disabled = !outbox.canUndo();
});
element("toolbar").addEventListener("click", (event) => {
  element("grid").focus({ preventScroll: true });
  TOOLS[event.target.dataset.do]?.(event.target);
});
element("add-rows").addEventListener("click", addRows);
element("open-panel").addEventListener("click", () => setPanel(!document.body.classList.contains("panel-open")));
element("close-panel").addEventListener("click", () => setPanel(false));
for (const event of ["keydown", "pointerdown"]) {
  element("grid").addEventListener(event, () => { touched = store.sheetId; }, { capture: true });
}
element("scroller").addEventListener("pointerover", hover);
document.addEventListener("keydown", pageKey);
document.addEventListener("click", (event) => { if (event.target.dataset.jump) jumpTo(event.target.dataset.jump); });
addEventListener("unhandledrejection", (event) => {
  const said = whatWentWrong(event.reason);
  if (!said) return; // a fault of this page, for its console
  event.preventDefault();
  status(said, true);
});
addEventListener("beforeunload", (event) => { if (outbox.isWaiting() || hasKept()) event.preventDefault(); });
status(say("loading"));
await followChanges();
