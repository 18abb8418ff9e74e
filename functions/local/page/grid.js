// Drawing the rows in sight, and the selection over them.

import { address, letters } from "./api.js";
import { bandColour, choices, content, isCheckbox, isDate, isOdd, paint } from "./cells.js";
import { layoutOf, onWidth } from "./layout.js";
import { pendingText } from "./outbox.js";
import { cellAt, listen, selected, sheet, store, tell } from "./store.js";
import { changed, load, sight } from "./view.js";
import { say } from "./words.js";

const SPARE = 8; // rows drawn above and below those in sight
const FLASH_MS = 1600;
const scroller = document.getElementById("scroller");
const grid = document.getElementById("grid");
const parts = Object.fromEntries(["letters", "frozen", "body"].map((id) => [id, document.getElementById(id)]));
const flashing = new Map(); // row -> until when
const kept = new Map(); // row -> {element, sign}: a row that looks as before keeps its element, and clicks on it arrive
let layout = null;
let layoutNumber = 0;
let layoutSign = "";

const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

/** Element of a cell, null while it is not drawn. */
export const cellElement = (row, column) => document.getElementById(`c${row}-${column}`);

/** The geometry of the shown tab. */
export const currentLayout = () => layout;

export function start() {
  listen("book", measure);
  listen("cells", () => { noteFlashes(); draw(); });
  listen("pending", draw);
  listen("selection", showSelection);
  onWidth(measure);
  scroller.addEventListener("scroll", () => requestAnimationFrame(scrolled));
  new ResizeObserver(scrolled).observe(scroller);
}

/** Tabs, columns or sizes may be others now. */
function measure() {
  const of = sheet();
  layout = layoutOf(of);
  const sign = JSON.stringify([of.id, layout, of.bands, store.locale]);
  if (sign !== layoutSign) {
    [layoutSign, layoutNumber] = [sign, layoutNumber + 1];
    drawLetters();
  }
  grid.setAttribute("aria-label", of.title);
  grid.setAttribute("aria-description", say("leave"));
  grid.setAttribute("aria-rowcount", of.rowCount);
  grid.setAttribute("aria-colcount", of.columnCount);
  scroller.style.setProperty("--row", `${layout.rowHeight}px`);
  scroller.style.setProperty("--head", `${layout.headWidth}px`);
  for (const part of [parts.letters, grid]) part.style.width = `${layout.width}px`;
  parts.body.style.height = `${layout.count * layout.rowHeight}px`;
  draw();
}

function drawLetters() {
  const made = layout.columns.map(({ index, left, width, fixed }) => {
    const letter = make("div", "letter");
    const choose = make("button", "choose", letters(index));
    const more = make("button", "more", "▾");
    choose.setAttribute("aria-label", say("column_select", { column: letters(index) }));
    more.setAttribute("aria-label", say("column_menu", { column: letters(index) }));
    for (const each of [choose, more]) Object.assign(each, { type: "button", tabIndex: -1 });
    letter.dataset.column = index;
    place(letter, { left, width, fixed });
    letter.append(choose, more);
    return letter;
  });
  parts.letters.replaceChildren(make("div", "corner"), ...made);
}

function place(element, { left, width, fixed }) {
  element.style.width = `${width}px`;
  if (!fixed) return;
  element.classList.add("fixed");
  element.style.left = `${left}px`;
}

/** First and last place of a row in sight. */
function placesInSight() {
  const covered = (layout.frozen + 1) * layout.rowHeight;
  const first = Math.max(0, Math.floor(scroller.scrollTop / layout.rowHeight) - SPARE);
  const last = Math.ceil((scroller.scrollTop + scroller.clientHeight - covered) / layout.rowHeight) + SPARE;
  return [first, Math.min(last, layout.count)];
}

let drawn = "";

function scrolled() {
  if (layout && drawn !== placesInSight().join()) draw();
}

function draw() {
  if (!layout) return;
  const of = sheet();
  const [first, last] = placesInSight();
  drawn = [first, last].join();
  const rows = [];
  for (let at = first; at < last; at += 1) rows.push(rowElement(of, layout.rowAt(at), at));
  const frozen = Array.from({ length: layout.frozen }, (_, row) => rowElement(of, row, null));
  fill(parts.body, rows);
  fill(parts.frozen, frozen);
  const isDrawn = new Set([...rows, ...frozen]);
  for (const [row, { element }] of kept) if (!isDrawn.has(element)) kept.delete(row);
  sight.first = last > first ? layout.rowAt(first) : 0;
  sight.last = last > first ? layout.rowAt(last - 1) + 1 : 0;
  showSelection();
  tell("drawn");
  loadSight();
}

const isSightRead = () => sight.first === sight.last || (store.rows.has(sight.first) && store.rows.has(sight.last - 1));
let isLoading = false;

/** Read the rows that were scrolled to, and those that were scrolled to meanwhile. */
async function loadSight() {
  if (isLoading || !store.rows.size) return;
  isLoading = true;
  try {
    while (!isSightRead()) await load();
  } finally {
    isLoading = false;
  }
}

/** Give *parent* these children and leave those alone that it has. */
function fill(parent, elements) {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstChild;
  for (const element of elements) {
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
  }
}

function rowElement(of, row, at) {
  const isFlashing = (flashing.get(row) ?? 0) > performance.now();
  const pending = layout.columns.map(({ index }) => pendingText(row, index));
  const sign = JSON.stringify([layoutNumber, at, isFlashing, pending, store.rows.get(row) ?? null]);
  if (kept.get(row)?.sign !== sign) kept.set(row, { sign, element: drawRow(of, row, at) });
  return kept.get(row).element;
}

function drawRow(of, row, at) {
  const element = make("div", "row");
  element.setAttribute("role", "row");
  element.setAttribute("aria-rowindex", row + 1);
  if (at !== null) element.style.top = `${at * layout.rowHeight}px`;
  if ((flashing.get(row) ?? 0) > performance.now()) element.classList.add("changed");
  if (!store.rows.has(row)) element.classList.add("unread");
  element.append(drawNumber(row), ...layout.columns.map((column) => drawCell(of, row, column)));
  return element;
}

function drawNumber(row) {
  const head = make("div", "number");
  head.setAttribute("role", "rowheader");
  head.dataset.row = row;
  const choose = make("button", "choose", String(row + 1));
  const more = make("button", "more", "▾");
  choose.setAttribute("aria-label", say("row_select", { row: row + 1 }));
  more.setAttribute("aria-label", say("row_menu", { row: row + 1 }));
  for (const each of [choose, more]) Object.assign(each, { type: "button", tabIndex: -1 });
  head.append(choose, more);
  return head;
}

function drawCell(of, row, column) {
  const cell = cellAt(row, column.index);
  const element = make("div", "cell");
  element.id = `c${row}-${column.index}`;
  element.setAttribute("role", row < of.frozenRows ? "columnheader" : "gridcell");
  element.setAttribute("aria-colindex", column.index + 1);
  Object.assign(element.dataset, { row, column: column.index });
  element.dir = "auto";
  place(element, column);
  paint(element, cell, bandColour(of.bands, row, column.index));
  const pending = pendingText(row, column.index);
  element.classList.toggle("pending", pending !== undefined);
  if (isCheckbox(cell)) element.append(drawCheckbox(cell, pending));
  else element.textContent = pending ?? cell?.formattedValue ?? "";
  if (row >= of.frozenRows && (choices(cell) || isDate(cell))) element.append(drawArrow(cell));
  if (cell?.note) element.classList.add("noted");
  if (isOdd(cell)) element.classList.add("odd");
  return element;
}

function drawCheckbox(cell, pending) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", tabIndex: -1 });
  box.checked = pending === undefined ? content(cell) === true : pending === "TRUE";
  box.setAttribute("aria-label", cell.formattedValue ?? "");
  return box;
}

function drawArrow(cell) {
  const arrow = make("span", "arrow", choices(cell) ? "▾" : "");
  if (!choices(cell)) arrow.classList.add("calendar");
  arrow.setAttribute("aria-hidden", "true");
  return arrow;
}

function noteFlashes() {
  const now = performance.now();
  for (const row of changed) flashing.set(row, now + FLASH_MS);
  for (const [row, until] of flashing) if (until < now) flashing.delete(row);
  if (changed.size) setTimeout(draw, FLASH_MS + 20);
}

function showSelection() {
  const { top, bottom, left, right } = selected();
  for (const element of grid.querySelectorAll(".cell")) {
    const [row, column] = [Number(element.dataset.row), Number(element.dataset.column)];
    const isIn = row >= top && row <= bottom && column >= left && column <= right;
    element.setAttribute("aria-selected", isIn);
    element.classList.toggle("active", row === store.active.row && column === store.active.column);
  }
  for (const head of scroller.querySelectorAll(".number, .letter")) {
    const { row, column } = head.dataset;
    const [at, first, last] = row === undefined ? [column, left, right] : [row, top, bottom];
    head.classList.toggle("in", Number(at) >= first && Number(at) <= last);
  }
  if (cellElement(store.active.row, store.active.column)) {
    grid.setAttribute("aria-activedescendant", `c${store.active.row}-${store.active.column}`);
  } else grid.removeAttribute("aria-activedescendant");
  const name = address(store.active.row, store.active.column);
  const isOne = top === bottom && left === right;
  document.getElementById("address").textContent = isOne ? name : `${address(top, left)}:${address(bottom, right)}`;
}

/** Scroll so that the active cell is in sight; a jump to the header is one to the first rows. */
export function reveal(isJump = false) {
  const { row, column } = store.active;
  const found = layout.columns.find((each) => each.index === column);
  const head = (layout.frozen + 1) * layout.rowHeight;
  if (row >= layout.frozen) {
    const top = layout.placeOf(row) * layout.rowHeight;
    const room = scroller.clientHeight - head - layout.rowHeight;
    scroller.scrollTop = Math.min(top, Math.max(scroller.scrollTop, top - room));
  } else if (isJump) scroller.scrollTop = 0;
  if (found && !found.fixed) {
    const fixed = layout.columns.filter((each) => each.fixed).reduce((sum, each) => sum + each.width, layout.headWidth);
    const end = found.left + found.width - scroller.clientWidth;
    scroller.scrollLeft = Math.min(found.left - fixed, Math.max(scroller.scrollLeft, end));
  }
  scrolled();
}
