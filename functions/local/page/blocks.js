// Copying, cutting, pasting and clearing blocks of cells. The clipboard gets them as text with tabs and lines.

import { batch } from "./api.js";
import { content, isPlainText } from "./cells.js";
import { mayEdit } from "./editor.js";
import { status } from "./notices.js";
import { exact, put } from "./outbox.js";
import { handleOf } from "./rows.js";
import { cellAt, selected, selectRange, sheet } from "./store.js";
import { ensure, isStillShown, refresh } from "./view.js";
import { say } from "./words.js";

const MOST_ROWS = 5000; // at once: each is looked for before it is written
const grid = document.getElementById("grid");
let copied = { text: null, cells: [] }; // what this page copied last, exact to the millisecond

/** Cells as text: a tab between columns, a line per row, quotes around what has either in it. */
export function toText(block) {
  const quote = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return block.map((row) => row.map(quote).join("\t")).join("\n");
}

/** The reverse of `toText`. */
export function fromText(text) {
  const block = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/y;
  const lines = text.replaceAll("\r\n", "\n").replace(/\n$/, "");
  while (pattern.lastIndex <= lines.length) {
    const [, quoted, plain, end] = pattern.exec(lines) ?? [null, null, lines.slice(pattern.lastIndex), ""];
    block.at(-1).push(quoted === undefined || quoted === null ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    if (end === "\n") block.push([]);
  }
  return block;
}

/** Rows and columns of a rectangle that are shown. */
function linesOf({ top, bottom, left, right }) {
  const of = sheet();
  const count = (first, last) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
  return {
    rows: count(top, bottom).filter((row) => !of.hiddenRows[row]),
    columns: count(left, right).filter((column) => !of.columns[column].hidden),
  };
}

function isTooMuch({ top, bottom }) {
  if (bottom - top < MOST_ROWS) return false;
  status(say("too_many", { most: MOST_ROWS }), true);
  return true;
}

/** Copy the selected cells, also those that were never in sight; with *isCut* they are cleared then. */
async function copy(event, isCut) {
  if (document.activeElement !== grid) return;
  event.preventDefault();
  const box = selected();
  if (isTooMuch(box)) return;
  await ensure(box.top, box.bottom);
  const { rows, columns } = linesOf(box);
  const cells = rows.map((row) => columns.map((column) => cellAt(row, column)));
  const text = toText(cells.map((row) => row.map((cell) => cell?.formattedValue ?? "")));
  copied = { text, cells };
  await navigator.clipboard.writeText(text);
  status(say("copied"));
  if (isCut) await clear(box);
}

/** Clear the values of the selected cells; formats and drop-downs stay. */
export const clearSelected = () => clear(selected());

async function clear(box) {
  if (isTooMuch(box) || !(await mayEdit(box.top, box.left, box.bottom, box.right))) return;
  await ensure(box.top, box.bottom);
  const { rows, columns } = linesOf(box);
  const filled = (row) => columns.filter((column) => content(cellAt(row, column)) !== "");
  const blank = (row, column) => ({ column, typed: "", option: "RAW", before: cellAt(row, column) });
  write(rows.map((row) => [row, filled(row).map((column) => blank(row, column))]));
}

function write(rows) {
  const of = sheet();
  const made = rows.filter(([, cells]) => cells.length).map(([row, cells]) => ({ handle: handleOf(of, row), cells }));
  if (made.length) put({ rows: made });
}

async function paste(event) {
  if (document.activeElement !== grid) return;
  event.preventDefault();
  const text = event.clipboardData.getData("text/plain").replaceAll("\r\n", "\n");
  if (!text) return;
  const block = text === copied.text ? copied.cells : fromText(text);
  await pasteBlock(block);
}

/** Write a block, of texts or of cells, at the selection; a single one fills the whole selection. */
async function pasteBlock(block) {
  const [of, box] = [sheet(), selected()];
  const [height, width] = [block.length, block.reduce((most, row) => Math.max(most, row.length), 0)];
  const fills = height === 1 && width === 1;
  const target = fills ? box : { ...box, bottom: box.top + height - 1, right: box.left + width - 1 };
  if (isTooMuch(target)) return;
  if (target.right >= of.columnCount) return void status(say("too_wide"), true);
  if (!(await mayEdit(target.top, target.left, target.bottom, target.right))) return;
  await makeRoom(target.bottom + 1);
  isStillShown(of);
  await ensure(target.top, target.bottom);
  selectRange(target.top, target.left, target.bottom, target.right);
  const rows = [];
  for (let row = target.top; row <= target.bottom; row += 1) {
    const source = fills ? block[0] : block[row - target.top];
    const columns = fills ? range(target.left, target.right) : source.map((_, at) => target.left + at);
    rows.push([row, columns.map((column) => pasted(row, column, fills ? source[0] : source[column - target.left]))]);
  }
  write(rows);
}

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

async function makeRoom(rowCount) {
  const { id, rowCount: now } = sheet();
  if (rowCount <= now) return;
  await batch([{ appendDimension: { sheetId: id, dimension: "ROWS", length: rowCount - now } }]);
  await refresh();
}

function pasted(row, column, source) {
  const before = cellAt(row, column);
  const option = isPlainText(before) ? "RAW" : "USER_ENTERED";
  if (typeof source === "string") return { column, typed: source, option, before };
  return { column, data: { ...exact(before), userEnteredValue: undefined, ...exact(source) }, before };
}

export function start() {
  document.addEventListener("copy", (event) => copy(event, false));
  document.addEventListener("cut", (event) => copy(event, true));
  document.addEventListener("paste", paste);
}
