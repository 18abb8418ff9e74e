// Reading what is in sight: the tabs, the rows of the shown one around the place where it is scrolled to.

import { Refused, Unreachable, exchange, readBook, readCells, readHiddenRows, readValues } from "./api.js";
import { rangesOfLists } from "./cells.js";
import { setOnline } from "./notices.js";
import { Moved } from "./rows.js";
import { headerRows, select, selected, sheet, sheetOf, store, tell } from "./store.js";
import { speak } from "./words.js";

const MARGIN = 40; // rows that are read above and below those in sight
const HIDDEN_ROWS_LIMIT = 20_000; // of larger tabs it is not read which rows are hidden
const PAUSE_MS = 700;

/** Rows in sight, as the grid last drew them. */
export const sight = { first: 0, last: 60 };
/** Rows that somebody changed, as the last reading showed. */
export const changed = new Set();

const pause = () => new Promise((goOn) => { setTimeout(goOn, PAUSE_MS); });

let reading = null;
let isStale = false;

/** Read everything in sight again; a call while one is under way makes it read once more. */
export function refresh() {
  isStale = true;
  reading ??= readWhileStale().finally(() => { reading = null; });
  return reading;
}

async function readWhileStale() {
  while (isStale) {
    isStale = false;
    try {
      await readAll();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      isStale = true; // rows or the tab went away between two calls
      await pause();
    }
  }
}

async function readAll() {
  const book = await readBook();
  if (store.locale !== book.properties.locale || !store.sheets.length) {
    store.locale = book.properties.locale;
    speak(store.locale);
  }
  document.getElementById("title").textContent = document.title = book.properties.title;
  const hiddenRows = new Map(store.sheets.map((each) => [each.id, each.hiddenRows]));
  store.sheets = book.sheets.map(sheetOf).map((each) => ({ ...each, hiddenRows: hiddenRows.get(each.id) ?? [] }));
  if (!sheet() || sheet().hidden) choose(store.sheets.find((each) => each.title === titleInAddress()) ?? shown()[0]);
  const of = sheet();
  const { bottom, right } = selected();
  if (bottom >= of.rowCount || right >= of.columnCount) select(store.active.row, store.active.column); // the grid shrank
  const few = of.rowCount <= HIDDEN_ROWS_LIMIT;
  of.hiddenRows = few ? await readHiddenRows(of.title) : [];
  tell("book");
  await load();
}

export const shown = () => store.sheets.filter((each) => !each.hidden);

export function titleInAddress() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // half of a link
  }
}

function choose(of) {
  Object.assign(store, { sheetId: of.id, rows: new Map(), active: { row: 0, column: 0 } });
  store.anchor = store.active;
  Object.assign(sight, { first: 0, last: 60 });
  history.replaceState(null, "", `#${encodeURIComponent(of.title)}`);
}

/** Show another tab. */
export async function show(of) {
  if (!of || of.id === store.sheetId || store.editing) return; // an edit that cannot stay so is mended first
  choose(of);
  tell("book");
  await refresh();
}

let newest = 0; // number of the newest reading: an older one that is answered later knows less

/** Read the header, the rows in sight with a margin, and the row of the active cell, in which one may type at any time. */
export async function load() {
  const of = sheet();
  const number = (newest += 1);
  const { row } = store.active;
  const last = of.rowCount - 1;
  const top = Math.max(headerRows(of), sight.first - MARGIN);
  const spans = [[0, Math.min(headerRows(of) - 1, last)], [top, Math.min(last, sight.last + MARGIN - 1)], [row, row]];
  const rows = await readRows(of, spans);
  await readLists(rows);
  if (store.sheetId !== of.id || number !== newest) return;
  noteChanges(rows);
  store.rows = rows;
  tell("cells");
}

/** Have rows *top* to *bottom* loaded, too. Throws Moved when another tab is shown by then. */
export async function ensure(top, bottom) {
  const missing = [];
  for (let row = top; row <= bottom; row += 1) if (!store.rows.has(row)) missing.push(row);
  if (!missing.length) return;
  const of = sheet();
  const found = await readRows(of, [[missing[0], missing.at(-1)]]);
  isStillShown(of);
  for (const [row, cells] of found) store.rows.set(row, cells);
}

/** See that a tab is the one that is shown: what was begun on it must not end on another. Throws Moved. */
export function isStillShown(of) {
  if (of.id !== store.sheetId) throw new Moved();
}

async function readRows(of, spans) {
  const asked = spans.filter(([first, last]) => last >= first);
  const blocks = await readCells(of.title, asked);
  const rows = new Map();
  for (const [at, [first, last]] of asked.entries()) {
    for (let row = first; row <= last; row += 1) rows.set(row, blocks[at].rowData?.[row - first]?.values ?? []);
  }
  return rows;
}

async function readLists(rows) {
  const ranges = rangesOfLists([...rows.values()].flat());
  if (!ranges.length) return;
  try {
    const blocks = await readValues(ranges);
    store.lists = new Map(ranges.map((range, at) => [range, [...new Set(blocks[at].flat().map(String).filter(Boolean))]]));
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem; // the list's tab or column was deleted
    store.lists = new Map();
  }
}

/** A row that was only moved is no news; one whose content was nowhere before is. */
function noteChanges(rows) {
  changed.clear();
  const texts = (cells) => JSON.stringify(cells.map((cell) => cell.formattedValue ?? ""));
  const before = new Set([...store.rows.values()].map(texts));
  for (const [row, cells] of rows) {
    if (store.rows.has(row) && cells.length && !before.has(texts(cells))) changed.add(row);
  }
}

/** A browser has six connections for all its tabs: one that nobody looks at must not wait on one of them. */
function inSight() {
  if (!document.hidden) return undefined;
  return new Promise((seen) => { document.addEventListener("visibilitychange", seen, { once: true }); });
}

/** Read again whenever somebody changed something, for as long as the page lives. */
export async function followChanges() {
  let number = -1;
  for (;;) {
    try {
      await inSight();
      const { status, json } = await exchange("GET", `/sheet/changes?since=${number}`);
      if (status !== 200) throw new Unreachable();
      if (json.number !== number) await refresh();
      number = json.number;
      setOnline(true);
    } catch (problem) {
      if (!(problem instanceof Unreachable)) throw problem;
      setOnline(false);
      number = -1; // another server may count from the beginning
      await pause();
    }
  }
}
