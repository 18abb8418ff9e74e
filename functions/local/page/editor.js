// Editing one cell: text, a drop-down, a date. Nothing is written before the person is done.

import { choices, dayOf, dayText, editText, isCheckbox, isDate, isPlainText, withDay, content } from "./cells.js";
import { cellElement, reveal } from "./grid.js";
import { confirm, status } from "./notices.js";
import { put } from "./outbox.js";
import { follow, handleOf } from "./rows.js";
import { cellAt, holds, listen, sheet, store } from "./store.js";
import { ensure } from "./view.js";
import { say } from "./words.js";

const element = (id) => document.getElementById(id);
const [editor, text, day, wrong, list] = ["editor", "text", "day", "wrong", "choices"].map(element);
const scroller = element("scroller");
const allowed = new Set(); // protected ranges that the person chose to edit
let marked = -1; // the choice under the cursor keys

/** Ask before the first edit of each part that only Promosheet writes. */
export async function mayEdit(top, left, bottom = top, right = left) {
  const met = ({ range }) =>
    holds(range, Math.max(top, range.startRowIndex ?? 0), Math.max(left, range.startColumnIndex ?? 0)) &&
    (range.startRowIndex ?? 0) <= bottom && (range.startColumnIndex ?? 0) <= right;
  for (const part of sheet().warned.filter(met)) {
    if (allowed.has(part.protectedRangeId)) continue;
    if (!(await confirm(say("protected"), say("edit_anyway")))) return false;
    allowed.add(part.protectedRangeId);
  }
  return true;
}

let waiting = null; // what was typed since an edit began, while its row is read

/** Edit the active cell, beginning with what it holds or with *typed*; *open* shows its choices at once. */
export async function begin({ typed: first = null, open = false } = {}) {
  if (waiting !== null) return void (waiting += first ?? "");
  const { row, column } = store.active;
  waiting = first ?? "";
  const typed = await ensure(row, row).then(() => waiting || first).finally(() => { waiting = null; });
  if (store.editing || !(await mayEdit(row, column))) return;
  const cell = cellAt(row, column);
  if (isCheckbox(cell)) return toggle(cell);
  const before = editText(cell);
  store.editing = { handle: handleOf(sheet(), row), column, cell, before, wasTyped: typed !== null };
  text.value = typed ?? before;
  reveal();
  editor.hidden = false;
  wrong.hidden = true;
  day.hidden = !isDate(cell);
  day.value = dayOf(text.value);
  text.setAttribute("aria-haspopup", choices(cell) ? "listbox" : "false");
  text.setAttribute("aria-label", element("address").textContent);
  offer(typed !== null);
  place();
  text.focus();
  if (open && isDate(cell)) pickDay();
  return undefined;
}

export function toggle(cell = cellAt(store.active.row, store.active.column)) {
  return type(content(cell) === true ? "FALSE" : "TRUE");
}

/** Write a text into the active cell as if it had been typed there. */
export async function type(typed) {
  const { row, column } = store.active;
  await ensure(row, row);
  if (!(await mayEdit(row, column))) return;
  send(handleOf(sheet(), row), column, cellAt(row, column), typed);
}

function send(handle, column, cell, typed) {
  const option = isPlainText(cell) && cell.userEnteredValue?.formulaValue === undefined ? "RAW" : "USER_ENTERED";
  put({ rows: [{ handle, cells: [{ column, typed, option, before: cell }] }], text: typed, putElsewhere: type });
}

/** End the edit and send what was typed; false if it cannot stay like that. */
export function commit() {
  if (!store.editing) return true;
  const { handle, column, cell, before } = store.editing;
  const typed = text.value;
  const fault = typed === before ? "" : faultOf(cell, typed);
  wrong.textContent = fault;
  wrong.hidden = !fault;
  if (fault) return false;
  close();
  if (typed === before) return true;
  const offered = choices(cell);
  if (offered && typed && !offered.list.includes(typed)) status(say("odd", { choices: offered.list.join(", ") }), true);
  send(handle, column, cell, typed);
  return true;
}

function faultOf(cell, typed) {
  const rule = cell?.dataValidation;
  if (!typed || !rule?.strict) return "";
  const offered = choices(cell);
  if (offered && !offered.list.includes(typed)) {
    return rule.inputMessage || say("choose", { choices: offered.list.join(", ") });
  }
  if (rule.condition.type.startsWith("DATE_") && !dayOf(typed) && !typed.startsWith("=")) {
    return rule.inputMessage || say("not_a_date", { example: dayText("2026-03-31") });
  }
  return "";
}

/** End the edit without writing. */
export function close() {
  store.editing = null;
  editor.hidden = true;
}

/** The caret keys move to another cell while a cell is typed over, as in other spreadsheets. */
export const isOverwriting = () => store.editing?.wasTyped === true && list.hidden;

function place() {
  if (!store.editing) return;
  const cell = cellElement(store.editing.handle.row, store.editing.column);
  const frame = scroller.getBoundingClientRect();
  const at = cell?.getBoundingClientRect() ?? frame;
  const left = Math.max(frame.left, Math.min(at.left, frame.right - Math.min(at.width, 120)));
  const top = Math.max(frame.top, Math.min(at.top, frame.bottom - at.height));
  Object.assign(editor.style, { left: `${left}px`, top: `${top}px`, maxWidth: `${innerWidth - left - 8}px` });
  if (cell) Object.assign(text.style, { minWidth: `${at.width}px`, minHeight: `${at.height}px` });
}

/** Rows may have moved while a person types: the editor goes with its row. */
function stay() {
  if (!store.editing) return;
  const { handle } = store.editing;
  const was = handle.row;
  if (handle.sheetId === store.sheetId) follow(handle);
  if (handle.row !== was) {
    store.active = { ...store.active, row: handle.row };
    store.anchor = store.active;
  }
}

/** Show the choices of the cell, or with *fitting* those that have the text in them. */
function offer(fitting) {
  const all = choices(store.editing.cell)?.list ?? [];
  const those = all.filter((value) => value.toLowerCase().includes(text.value.toLowerCase()));
  showChoices(fitting && those.length ? those : all);
}

function showChoices(values) {
  marked = values.indexOf(text.value);
  const items = values.map((value, at) => {
    const item = Object.assign(document.createElement("li"), { textContent: value, id: `choice${at}` });
    item.setAttribute("role", "option");
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the text keeps the focus
      choose(value);
    });
    return item;
  });
  list.replaceChildren(...items);
  list.hidden = !values.length;
  mark(marked);
}

function mark(at) {
  marked = at;
  for (const [number, item] of [...list.children].entries()) item.setAttribute("aria-selected", number === at);
  list.children[at]?.scrollIntoView({ block: "nearest" });
  if (at < 0) text.removeAttribute("aria-activedescendant");
  else text.setAttribute("aria-activedescendant", `choice${at}`);
}

function choose(value) {
  text.value = value;
  if (commit()) element("grid").focus();
}

/** Keys that belong to the drop-down or the calendar while they are open; whether the key was one. */
export function choiceKey(event) {
  if (event.altKey && event.key === "ArrowDown") {
    if (!day.hidden) pickDay();
    else offer(false);
  } else if (list.hidden || !list.children.length) return false;
  else if (event.key === "ArrowDown") mark(Math.min(marked + 1, list.children.length - 1));
  else if (event.key === "ArrowUp") mark(Math.max(marked - 1, 0));
  else if (event.key === "Escape") list.hidden = true;
  else if ((event.key === "Enter" || event.key === "Tab") && marked >= 0) {
    text.value = list.children[marked].textContent;
    return false; // and then what the key does anyway
  } else return false;
  return true;
}

function pickDay() {
  try {
    day.showPicker();
  } catch {
    day.focus(); // a browser that opens it only by a click
  }
}

export function start() {
  listen("drawn", place);
  listen("cells", stay);
  scroller.addEventListener("scroll", place);
  text.addEventListener("input", () => {
    offer(true);
    day.value = dayOf(text.value);
    wrong.hidden = true;
  });
  day.addEventListener("change", () => {
    if (day.value) text.value = withDay(text.value, day.value);
    text.focus();
  });
  editor.addEventListener("focusout", (event) => {
    if (!editor.contains(event.relatedTarget) && document.hasFocus()) commit();
  });
}
