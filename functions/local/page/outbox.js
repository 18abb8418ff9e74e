// Edits on their way: one after the other, each to the row it was meant for, again and again until somebody answers.
//
// An edit is {rows: [{handle, cells: [{column, typed, option} or {column, data}, before]}], text}: cells are typed, or
// written exactly (CellData); `before` is what undo puts back; `text` is what a person typed and must not lose.

import { Unreachable, address, batch, quoted, writeValues } from "./api.js";
import { content } from "./cells.js";
import { keep, setOnline, status } from "./notices.js";
import { locate, Moved, noteWritten } from "./rows.js";
import { store, tell } from "./store.js";
import { say } from "./words.js";

const PAUSE_MS = 700;
const UNDO_DEPTH = 100;
const EXACT = "userEnteredValue,userEnteredFormat.numberFormat";
const queue = [];
const done = []; // edits that undo can take back, the newest last
let isSending = false;

/** Send an edit; the page shows it at once. */
export function put(edit) {
  queue.push(edit);
  tell("pending");
  if (!isSending) sendAll();
}

export const isWaiting = () => queue.length > 0;
export const canUndo = () => done.length > 0;
export const needs = (handle) => queue.some((edit) => edit.rows.some((row) => row.handle === handle));

/** What is on its way into a cell of the shown tab; undefined if nothing is. */
export function pendingText(row, column) {
  for (const edit of queue.toReversed()) {
    const cells = edit.rows.find(({ handle }) => handle.row === row && handle.sheetId === store.sheetId)?.cells ?? [];
    const cell = cells.find((each) => each.column === column);
    if (cell) return cell.typed ?? String(content(cell.data));
  }
  return undefined;
}

/** Put back what the newest edit of this page changed. */
export function undo() {
  const last = done.pop();
  status(say(last ? "undone" : "nothing_to_undo"));
  if (last) put(last);
}

async function sendAll() {
  isSending = true;
  while (queue.length) {
    try {
      await send(queue[0]);
      setOnline(true);
      queue.shift();
    } catch (problem) {
      if (problem instanceof Unreachable) {
        setOnline(false);
        await new Promise((goOn) => { setTimeout(goOn, PAUSE_MS); });
      } else {
        giveBack(queue.shift(), problem);
      }
    }
    tell("pending");
  }
  isSending = false;
}

/** An edit that has no place any more, or was refused: what was typed is kept in sight. */
function giveBack(edit, problem) {
  const isMoved = problem instanceof Moved;
  const why = problem.message;
  if (edit.text === undefined) status(isMoved ? say("changed") : say("failed", { why }), true);
  else keep(edit.text, isMoved ? say("moved") : say("refused", { why }), edit.putElsewhere);
}

async function send(edit) {
  const found = await locate(edit.rows.map((row) => row.handle));
  const title = quoted(store.sheets.find((each) => each.id === edit.rows[0].handle.sheetId).title);
  const cells = edit.rows.flatMap((row) => row.cells.map((cell) => placed(cell, row.handle, found.get(row.handle))));
  for (const option of ["USER_ENTERED", "RAW"]) {
    await sendTyped(title, cells.filter((cell) => cell.typed !== undefined && cell.option === option), option);
  }
  await sendExact(edit.rows[0].handle.sheetId, cells.filter((cell) => cell.data));
  for (const { handle } of edit.rows) {
    const own = cells.filter((cell) => cell.handle === handle);
    const values = [...found.get(handle).values];
    for (const { column, now } of own) values[column] = now;
    if (handle.row === found.get(handle).row) showWritten(handle, own);
    noteWritten(handle, found.get(handle), Array.from(values, (value) => value ?? ""));
  }
  if (!edit.isUndo) remember(edit, cells);
}

/** Until the sheet is read again, a cell shows what was just written. */
function showWritten(handle, cells) {
  const row = handle.sheetId === store.sheetId && store.rows.get(handle.row);
  if (!row) return;
  for (const { column, now, typed, data } of cells) {
    const formattedValue = typed ?? String(now);
    row[column] = { ...row[column], ...data, userEnteredValue: entered(now), formattedValue };
  }
}

function entered(value) {
  if (value === "") return undefined;
  if (typeof value === "string") return value.startsWith("=") ? { formulaValue: value } : { stringValue: value };
  return typeof value === "number" ? { numberValue: value } : { boolValue: value };
}

/** A cell where its row and column are now. */
function placed(cell, handle, { row, column }) {
  const there = column(cell.column);
  if (there < 0) throw new Moved();
  return { ...cell, handle, row, column: there, now: cell.data ? content(cell.data) : cell.typed };
}

async function sendTyped(title, cells, option) {
  if (!cells.length) return;
  const data = cells.map((cell) => ({ range: `${title}!${address(cell.row, cell.column)}`, values: [[cell.typed]] }));
  const written = await writeValues(data, option);
  for (const [at, cell] of cells.entries()) cell.now = written[at][0]?.[0] ?? "";
}

async function sendExact(sheetId, cells) {
  if (!cells.length) return;
  const requests = cells.map(({ row, column, data }) => {
    const start = { sheetId, rowIndex: row, columnIndex: column };
    return { updateCells: { start, rows: [{ values: [data] }], fields: EXACT } };
  });
  await batch(requests);
}

function remember(edit, cells) {
  const rows = edit.rows.map(({ handle }) => {
    const own = cells.filter((cell) => cell.handle === handle);
    return { handle, cells: own.map(({ column, before }) => ({ column, data: exact(before) })) };
  });
  done.push({ rows, isUndo: true });
  if (done.length > UNDO_DEPTH) done.shift();
}

/** The part of a cell that typing changes. */
export function exact(cell) {
  const numberFormat = cell?.userEnteredFormat?.numberFormat;
  const value = cell?.userEnteredValue;
  return { ...(value && { userEnteredValue: value }), ...(numberFormat && { userEnteredFormat: { numberFormat } }) };
}
