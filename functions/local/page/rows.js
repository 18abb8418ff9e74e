// Finding a row again. Rows have no names in a sheet, and others sort, insert and delete while one types: an edit
// remembers what its row held, and is written where that row is now.

import { Refused, quoted, readValues, rows as rowsOf } from "./api.js";
import { content } from "./cells.js";
import { headerRows, sheet, store } from "./store.js";

/** The row is not where it was, and nothing says where it is now. */
export class Moved extends Error {}

const handles = new Map(); // "sheet/row" -> handle, as long as an edit under way or on its way needs it

const trimmed = (values) => values.slice(0, values.findLastIndex((value) => value !== "") + 1);
const contents = (row) => trimmed((store.rows.get(row) ?? []).map(content));

/** What names a row of the shown tab from now on: its place and what it holds, the rows beside it, the header. */
export function handleOf(of, row) {
  const key = `${of.id}/${row}`;
  if (!handles.has(key)) {
    const beside = { above: contents(row - 1), below: contents(row + 1) };
    handles.set(key, { sheetId: of.id, row, held: contents(row), ...beside, titles: contents(0) });
  }
  return handles.get(key);
}

/** Forget the handles that *isNeeded* does not keep: what was read since knows better. */
export function forgetHandles(isNeeded) {
  for (const [key, handle] of handles) if (!isNeeded(handle)) handles.delete(key);
}

/** Note where a row is and what it holds after a write. */
export function noteWritten(handle, found, values) {
  move(handle, found.row);
  Object.assign(handle, { titles: found.titles, held: trimmed(values) });
}

/** Note where the row of an edit went, if it is among the rows that are loaded. */
export function follow(handle) {
  const place = placeOf(handle, contents(0));
  const isIt = (row) => isSame(handle.held, contents(row), place);
  if (handle.row < headerRows(sheet()) || isIt(handle.row)) return;
  const there = [...store.rows.keys()].filter((row) => isIt(row) && (handle.held.length > 0 || row > handle.row));
  if (there.length === 1 || !handle.held.length) move(handle, there[0] ?? handle.row);
}

function move(handle, row) {
  handles.delete(`${handle.sheetId}/${handle.row}`);
  handle.row = row;
  handles.set(`${handle.sheetId}/${row}`, handle);
}

/**
 * Where rows are now: handle -> {row, column, titles, values}; `column` turns a column of then into one of now, -1 if
 * it is gone. All handles are of one tab. Throws Moved, Unreachable.
 */
export async function locate(wanted) {
  const of = store.sheets.find((each) => each.id === wanted[0].sheetId);
  if (!of) throw new Moved();
  const near = await readNear(of, wanted);
  const found = new Map();
  for (const handle of wanted) {
    const place = placeOf(handle, near.titles);
    if (handle.row < headerRows(of) || isSame(handle.held, near.rows[handle.row] ?? [], place)) {
      found.set(handle, { ...place, row: handle.row, values: near.rows[handle.row] ?? [] });
    }
  }
  const lost = wanted.filter((handle) => !found.has(handle));
  if (lost.length) await search(of, lost, found);
  return found;
}

/** The header and the rows where they were, by row number. */
async function readNear(of, wanted) {
  const places = wanted.map((handle) => handle.row);
  const first = Math.min(...places);
  const last = Math.max(...places);
  try {
    const [header, block] = await readValues([rowsOf(of.title, 0, 0), rowsOf(of.title, first, last)]);
    return { titles: header[0] ?? [], rows: Object.fromEntries(block.map((row, at) => [first + at, row])) };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { titles: (await readValues([rowsOf(of.title, 0, 0)]))[0][0] ?? [], rows: {} }; // the grid ends before them
  }
}

async function search(of, lost, found) {
  const [all] = await readValues([quoted(of.title)]);
  const titles = all[0] ?? [];
  const taken = new Set([...found.values()].map((each) => each.row));
  for (const handle of lost) {
    const place = placeOf(handle, titles);
    const row = findRow(handle, place, all, { first: headerRows(of), end: of.rowCount, taken });
    if (row < 0) throw new Moved();
    taken.add(row);
    found.set(handle, { ...place, row, values: all[row] ?? [] });
  }
}

/**
 * The row that a handle means, -1 if that cannot be told. In this order: it holds the very same; a blank row stands for
 * the next blank one below; most of it is as it was, and of no other row as much; its neighbours are as they were.
 */
export function findRow(handle, place, all, { first, end, taken }) {
  const free = (row) => !taken.has(row);
  if (!handle.held.length) {
    for (let row = handle.row; row < end; row += 1) if (free(row) && !trimmed(all[row] ?? []).length) return row;
    return -1;
  }
  const exact = [];
  let [best, most, rivals] = [-1, 0, 0];
  for (let row = first; row < all.length; row += 1) {
    if (!free(row)) continue;
    if (isSame(handle.held, all[row], place)) exact.push(row);
    const score = likeness(handle.held, all[row], place);
    if (score > most) [best, most, rivals] = [row, score, 0];
    else if (score === most) rivals += 1;
  }
  if (exact.length) return exact.sort((one, other) => Math.abs(one - handle.row) - Math.abs(other - handle.row))[0];
  const filled = handle.held.filter((value) => value !== "").length;
  if (most * 3 >= filled * 2 && !rivals) return best;
  const hasAbove = isSame(handle.above, all[handle.row - 1] ?? [], place);
  const hasBelow = isSame(handle.below, all[handle.row + 1] ?? [], place);
  return hasAbove && hasBelow && free(handle.row) ? handle.row : -1;
}

const likeness = (held, now, { column }) =>
  held.filter((value, at) => value !== "" && value === (now[column(at)] ?? "")).length;

function isSame(held, now, { column, titles }) {
  const width = Math.max(held.length, now.length, titles.length);
  for (let at = 0; at < width; at += 1) {
    const there = column(at);
    if ((held[at] ?? "") !== (there < 0 ? "" : (now[there] ?? ""))) return false;
  }
  return true;
}

/** How the columns of a handle's time are those of now: by title, where a column was moved, inserted or deleted. */
function placeOf(handle, titles) {
  const then = handle.titles;
  const stayed = (at) => (then[at] ?? "") === (titles[at] ?? "");
  const renamed = (at) => then.length === titles.length && !titles.includes(then[at]) && !then.includes(titles[at]);
  const column = (at) => {
    if (stayed(at) || renamed(at)) return at;
    return then.indexOf(then[at]) === at ? titles.indexOf(then[at] || null) : -1;
  };
  return { column, titles };
}
