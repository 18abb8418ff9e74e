// The keyboard and the pointer over the grid.

import { quoted, readValues } from "./api.js";
import { isCheckbox } from "./cells.js";
import { begin, choiceKey, close, commit, isOverwriting, toggle } from "./editor.js";
import { clearSelected } from "./blocks.js";
import { currentLayout, reveal } from "./grid.js";
import { openCellMenu, openColumnMenu, openRowMenu } from "./menu.js";
import { undo } from "./outbox.js";
import { cellAt, select, selectRange, sheet, store } from "./store.js";
import { shown, show } from "./view.js";

const grid = document.getElementById("grid");
const scroller = document.getElementById("scroller");
const editor = document.getElementById("editor");

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The next cell that is shown, in a direction. */
function stepFrom({ row, column }, [down, right]) {
  const layout = currentLayout();
  const columns = layout.columns.map((each) => each.index);
  const at = columns.findLastIndex((each) => each <= column) + right;
  const place = layout.placeOf(row) + down;
  return {
    row: layout.rowAt(Math.max(-layout.frozen, Math.min(place, layout.count - 1))),
    column: columns[Math.max(0, Math.min(at, columns.length - 1))] ?? 0,
  };
}

function move(step, extend = false) {
  const next = stepFrom(store.active, step);
  select(next.row, next.column, extend);
  reveal();
}

function jump(row, column, extend) {
  select(row, column, extend);
  reveal(true);
}

let isLooking = false; // for the last row: what is typed meanwhile would land in the wrong one

/** Go to the last row that holds something. */
async function jumpToLast(column, extend) {
  isLooking = true;
  try {
    const [all] = await readValues([quoted(sheet().title)]);
    jump(Math.max(all.length - 1, 0), column, extend);
  } finally {
    isLooking = false;
  }
}

const MOVES = {
  Home: (extend) => jump(store.active.row, 0, extend),
  End: (extend) => jump(store.active.row, currentLayout().columns.at(-1).index, extend),
  PageUp: (extend) => move([-rowsInSight(), 0], extend),
  PageDown: (extend) => move([rowsInSight(), 0], extend),
};
/** Tab goes to the next cell, and out of the grid at the end of the row. */
function tab(event) {
  const columns = currentLayout().columns;
  const isLast = store.active.column === (event.shiftKey ? columns[0] : columns.at(-1)).index;
  return isLast ? null : () => move([0, event.shiftKey ? -1 : 1]);
}

const CONTROL_MOVES = {
  Home: (extend) => jump(0, 0, extend),
  End: (extend) => jumpToLast(currentLayout().columns.at(-1).index, extend),
  ArrowUp: (extend) => jump(0, store.active.column, extend),
  ArrowDown: (extend) => jumpToLast(store.active.column, extend),
};

function rowsInSight() {
  const { rowHeight, frozen } = currentLayout();
  return Math.max(1, Math.floor(scroller.clientHeight / rowHeight) - frozen - 2);
}

const ACTS = {
  Enter: () => begin(),
  F2: () => begin(),
  Delete: clearSelected,
  Backspace: clearSelected,
  ContextMenu: openCellMenu,
  " ": (event) => (isCheckbox(cellAt(store.active.row, store.active.column)) ? toggle() : begin({ typed: event.key })),
};

function actOf(event) {
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) {
    if (event.key === "ArrowDown") return () => begin({ open: true });
    const tab = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    return tab && (() => nextTab(tab));
  }
  if (event.shiftKey && event.key === "F10") return openCellMenu;
  if (control) {
    if (event.code === "KeyZ") return undo;
    if (event.code === "KeyA") return () => selectRange(0, 0, sheet().rowCount - 1, sheet().columnCount - 1);
    const go = CONTROL_MOVES[event.key];
    return go && (() => go(event.shiftKey));
  }
  if (event.key === "Tab") return tab(event);
  if (STEPS[event.key]) return () => move(STEPS[event.key], event.shiftKey);
  if (MOVES[event.key]) return () => MOVES[event.key](event.shiftKey);
  if (ACTS[event.key]) return () => ACTS[event.key](event);
  return event.key.length === 1 && !event.isComposing ? () => begin({ typed: event.key }) : null;
}

function gridKey(event) {
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  if (!isLooking) act();
}

const AFTER = {
  Enter: (event) => [event.shiftKey ? -1 : 1, 0],
  Tab: (event) => [0, event.shiftKey ? -1 : 1],
};

function editorKey(event) {
  if (event.isComposing) return;
  if (choiceKey(event)) event.preventDefault();
  else if (event.key === "Escape") {
    event.preventDefault();
    close();
    grid.focus();
  } else if (AFTER[event.key] && !event.altKey && !event.ctrlKey) leave(event, AFTER[event.key](event));
  else if (event.key === "Enter") newLine(event);
  else if (STEPS[event.key] && isOverwriting()) leave(event, STEPS[event.key]);
}

function leave(event, step) {
  if (event.target.id !== "text") return;
  event.preventDefault();
  if (!commit()) return;
  grid.focus();
  move(step);
}

function newLine(event) {
  event.preventDefault();
  event.target.setRangeText("\n", event.target.selectionStart, event.target.selectionEnd, "end");
}

/** Show the tab beside the shown one. */
export function nextTab(step) {
  if (!commit()) return;
  const all = shown();
  const at = all.findIndex((each) => each.id === store.sheetId);
  show(all[(at + step + all.length) % all.length]);
}

const cellOf = (event) => {
  const found = event.target.closest(".cell");
  return found && { row: Number(found.dataset.row), column: Number(found.dataset.column) };
};

const isActive = ({ row, column }) => row === store.active.row && column === store.active.column;
let isDragging = false;

function pointerDown(event) {
  const cell = cellOf(event);
  if (!cell || event.button !== 0 || event.pointerType !== "mouse") return;
  if (!commit()) return;
  select(cell.row, cell.column, event.shiftKey);
  isDragging = true;
}

function pointerMove(event) {
  const cell = isDragging && event.buttons === 1 && cellOf(event);
  if (cell && !isActive(cell)) select(cell.row, cell.column, true);
}

/** A click on a mark in the cell, on a header, or a tap: the second tap on a cell edits it. */
function click(event) {
  isDragging = false;
  const head = event.target.closest(".number, .letter");
  if (head) return clickHead(head, event);
  const cell = cellOf(event);
  if (!cell) return undefined;
  const isSecondTap = event.pointerType === "touch" && isActive(cell) && !store.editing;
  if (event.pointerType === "touch" && commit()) select(cell.row, cell.column);
  if (!store.editing) grid.focus({ preventScroll: true });
  if (event.target.type === "checkbox") {
    event.preventDefault();
    return toggle();
  }
  if (event.target.closest(".arrow")) return begin({ open: true });
  return isSecondTap ? begin() : undefined;
}

function clickHead(head, event) {
  if (!commit()) return;
  const { row, column } = head.dataset;
  const { top, bottom, left, right } = spanOf(row, column, event.shiftKey);
  if (!head.classList.contains("in") || !event.target.closest(".more")) selectRange(top, left, bottom, right);
  grid.focus({ preventScroll: true });
  if (event.target.closest(".more")) (row === undefined ? openColumnMenu : openRowMenu)(head);
}

/** The whole row or column of a header; with *extend* all from the active one on. */
function spanOf(row, column, extend) {
  const { rowCount, columnCount } = sheet();
  if (column === undefined) {
    const [at, from] = [Number(row), extend ? store.active.row : Number(row)];
    return { top: Math.min(at, from), bottom: Math.max(at, from), left: 0, right: columnCount - 1 };
  }
  const [at, from] = [Number(column), extend ? store.active.column : Number(column)];
  return { top: 0, bottom: rowCount - 1, left: Math.min(at, from), right: Math.max(at, from) };
}

function contextMenu(event) {
  const head = event.target.closest(".number, .letter");
  const cell = cellOf(event);
  if (!head && !cell) return;
  event.preventDefault();
  if (head) {
    if (!head.classList.contains("in")) clickHead(head, event);
    (head.dataset.row === undefined ? openColumnMenu : openRowMenu)(head);
  } else {
    if (event.target.closest(".cell").getAttribute("aria-selected") !== "true") select(cell.row, cell.column);
    grid.focus({ preventScroll: true });
    openCellMenu({ x: event.clientX, y: event.clientY });
  }
}

export function start() {
  grid.addEventListener("keydown", gridKey);
  editor.addEventListener("keydown", editorKey);
  scroller.addEventListener("pointerdown", pointerDown);
  scroller.addEventListener("pointermove", pointerMove);
  scroller.addEventListener("click", click);
  scroller.addEventListener("dblclick", (event) => { if (cellOf(event) && !event.target.closest(".arrow, input")) begin(); });
  scroller.addEventListener("contextmenu", contextMenu);
}
