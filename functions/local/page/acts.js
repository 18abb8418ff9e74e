// What staff do to whole rows and columns: sort, insert, delete, hide, fit.

import { batch, letters } from "./api.js";
import { currentLayout } from "./grid.js";
import { confirm, status } from "./notices.js";
import { handleOf, locate, Moved } from "./rows.js";
import { cellAt, headerRows, selected, sheet, store } from "./store.js";
import { ensure } from "./view.js";
import { say } from "./words.js";

const ROWS_MORE = 100;

/** Do it and say so; what goes wrong is explained by `main.js`. */
async function told(act, done = say("done")) {
  if ((await act()) !== false) status(done);
}

const span = (name, first, last) => (first === last ? name(first) : `${name(first)}–${name(last)}`);
const rowName = (row) => String(row + 1);

/** How the selected rows and columns are called. */
export function names() {
  const { top, bottom, left, right } = selected();
  return { rows: span(rowName, top, bottom), columns: span(letters, left, right), column: columnTitle(store.active.column) };
}

const columnTitle = (column) => cellAt(0, column)?.formattedValue || letters(column);

/** Rows or columns of a tab: the one that was shown when the act began, whichever is by now. */
const dimension = (of, name, startIndex, endIndex) => ({ sheetId: of.id, dimension: name, startIndex, endIndex });

/** Rows, in the order of the sheet now, that stood at *top* to *bottom* when they were last read. */
async function rowsNow(top, bottom) {
  await ensure(top, bottom);
  const handles = [];
  for (let row = top; row <= bottom; row += 1) handles.push(handleOf(sheet(), row));
  const find = async () => [...(await locate(handles)).values()].map((each) => each.row);
  return { find: async () => (await find()).sort((one, other) => one - other) };
}

async function columnsNow(left, right) {
  const header = handleOf(sheet(), 0);
  return {
    find: async () => {
      const { column } = (await locate([header])).get(header);
      const found = [];
      for (let at = left; at <= right; at += 1) found.push(column(at));
      if (found.includes(-1)) throw new Moved();
      return found.sort((one, other) => one - other);
    },
  };
}

export const sort = (sortOrder) => told(async () => {
  const of = sheet();
  const [column] = await (await columnsNow(store.active.column, store.active.column)).find();
  const range = { sheetId: of.id, startRowIndex: headerRows(of), startColumnIndex: 0 };
  await batch([{ sortRange: { range, sortSpecs: [{ dimensionIndex: column, sortOrder }] } }]);
}, say("sorted", names()));

/** Insert as many rows as are selected. */
export const insertRows = (isBelow) => told(async () => {
  const of = sheet();
  const { top, bottom } = selected();
  const beside = isBelow ? bottom : top;
  const [row] = await (await rowsNow(beside, beside)).find();
  const at = isBelow ? row + 1 : row;
  const inheritFromBefore = isBelow && (row >= headerRows(of) || at === of.rowCount);
  await batch([{ insertDimension: { range: dimension(of, "ROWS", at, at + bottom - top + 1), inheritFromBefore } }]);
});

export const insertColumns = (isRight) => told(async () => {
  const of = sheet();
  const { left, right } = selected();
  const beside = isRight ? right : left;
  const [column] = await (await columnsNow(beside, beside)).find();
  const at = isRight ? column + 1 : column;
  const range = dimension(of, "COLUMNS", at, at + right - left + 1);
  await batch([{ insertDimension: { range, inheritFromBefore: isRight } }]);
});

export const deleteRows = () => told(async () => {
  const of = sheet();
  const { top, bottom } = selected();
  const rows = await rowsNow(top, bottom);
  if (!(await confirm(say("ask_delete_rows", names()), say("delete")))) return false;
  return deleteEach(of, "ROWS", await rows.find());
});

export const deleteColumns = () => told(async () => {
  const of = sheet();
  const { left, right } = selected();
  const columns = await columnsNow(left, right);
  if (!(await confirm(say("ask_delete_columns", names()), say("delete")))) return false;
  return deleteEach(of, "COLUMNS", await columns.find());
});

/** From the end, so that the others keep their places. */
function deleteEach(of, name, places) {
  return batch(places.reverse().map((at) => ({ deleteDimension: { range: dimension(of, name, at, at + 1) } })));
}

const setColumns = (first, last, properties) => {
  const range = dimension(sheet(), "COLUMNS", first, last + 1);
  return { updateDimensionProperties: { range, properties, fields: Object.keys(properties).join() } };
};

export const hideColumns = () => told(() => batch([setColumns(selected().left, selected().right, { hiddenByUser: true })]));

export const hasHidden = () => sheet().columns.some((column) => column.hidden);

export const showColumns = () => told(() => {
  const hidden = sheet().columns.flatMap((column, at) => (column.hidden ? [at] : []));
  return batch(hidden.map((at) => setColumns(at, at, { hiddenByUser: false })));
});

/** Make columns as wide as what they show in the rows that are loaded. */
export const fitColumns = () => told(() => {
  const { left, right } = selected();
  const pen = document.createElement("canvas").getContext("2d");
  const { fontSize, fontFamily } = getComputedStyle(document.querySelector(".cell"));
  const requests = currentLayout().columns.filter(({ index }) => index >= left && index <= right).map(({ index }) => {
    const widths = [...store.rows].map(([row, cells]) => {
      pen.font = `${row < sheet().frozenRows ? "bold" : "normal"} ${fontSize} ${fontFamily}`;
      return pen.measureText(cells[index]?.formattedValue ?? "").width;
    });
    return setColumns(index, index, { pixelSize: Math.round(Math.min(400, Math.max(48, ...widths) + 26)) });
  });
  return batch(requests);
});

export const addRows = () => told(() =>
  batch([{ appendDimension: { sheetId: store.sheetId, dimension: "ROWS", length: ROWS_MORE } }]));
