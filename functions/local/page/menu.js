// Menus of rows, columns and cells, for the pointer and the keyboard alike.

import * as acts from "./acts.js";
import { begin } from "./editor.js";
import { cellElement } from "./grid.js";
import { store } from "./store.js";
import { say } from "./words.js";

const menu = document.getElementById("menu");
const grid = document.getElementById("grid");
let opener = grid;

const rowItems = () => [
  ["row_above", () => acts.insertRows(false)],
  ["row_below", () => acts.insertRows(true)],
  ["add_rows", acts.addRows], // the button for it stands below the last row, too far for the Tab key
  ["rows_delete", acts.deleteRows],
];

const columnItems = () => [
  ["sort_up", () => acts.sort("ASCENDING")],
  ["sort_down", () => acts.sort("DESCENDING")],
  ["column_left", () => acts.insertColumns(false)],
  ["column_right", () => acts.insertColumns(true)],
  ["fit", acts.fitColumns],
  ["hide_column", acts.hideColumns],
  ...(acts.hasHidden() ? [["show_columns", acts.showColumns]] : []),
  ["columns_delete", acts.deleteColumns],
];

export const openRowMenu = (from) => open(from, rowItems());
export const openColumnMenu = (from) => open(from, columnItems());

/** The menu of the selected cells, at a point or at the active cell. */
export function openCellMenu(point) {
  const at = point?.x === undefined ? cellElement(store.active.row, store.active.column) : point;
  open(at, [["edit", () => begin()], null, ...rowItems(), null, ...columnItems()]);
}

/** Open a menu below an element or at a point; null in *items* is a line. */
function open(from, items) {
  opener = from instanceof HTMLElement && from.closest("#toolbar") ? from : grid;
  menu.replaceChildren(...items.map((item) => (item ? made(...item) : separator())));
  menu.hidden = false;
  const at = from instanceof Element ? from.getBoundingClientRect() : { left: from.x, bottom: from.y };
  menu.style.left = `${Math.max(4, Math.min(at.left, innerWidth - menu.offsetWidth - 4))}px`;
  menu.style.top = `${Math.max(4, Math.min(at.bottom, innerHeight - menu.offsetHeight - 4))}px`;
  menu.querySelector("button").focus();
}

function made(word, act) {
  const item = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
  item.textContent = say(word, acts.names());
  item.setAttribute("role", "menuitem");
  item.addEventListener("click", () => {
    close();
    act();
  });
  return item;
}

function separator() {
  const line = document.createElement("div");
  line.setAttribute("role", "separator");
  return line;
}

function close() {
  menu.hidden = true;
  opener.focus({ preventScroll: true });
}

function key(event) {
  const items = [...menu.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  if (to !== undefined) items.at(to % items.length).focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export function start() {
  menu.addEventListener("keydown", key);
  menu.addEventListener("focusout", (event) => { if (!menu.contains(event.relatedTarget)) menu.hidden = true; });
}
