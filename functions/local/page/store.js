// The one store of the page: what was read, what is selected, and who wants to know of changes.

export const store = {
  locale: "en_US",
  sheets: [], // every tab, as `sheetOf` makes it
  sheetId: null, // of the tab that is shown
  rows: new Map(), // row -> cells (CellData), of the tab that is shown
  lists: new Map(), // range of a drop-down -> its values
  active: { row: 0, column: 0 },
  anchor: { row: 0, column: 0 }, // the other corner of the selected range
  editing: null, // the edit under way: {handle, column}
};

const listeners = new Map();

/** Call *act* whenever *event* is told: "book", "cells", "selection", "pending". */
export function listen(event, act) {
  listeners.set(event, [...(listeners.get(event) ?? []), act]);
}

export function tell(event) {
  for (const act of listeners.get(event) ?? []) act();
}

/** The tab that is shown. */
export const sheet = () => store.sheets.find((each) => each.id === store.sheetId);

/** CellData of a cell; undefined when it is blank or not loaded. */
export const cellAt = (row, column) => store.rows.get(row)?.[column];

/** The selected rectangle, both ends included. */
export function selected() {
  const { active, anchor } = store;
  return {
    top: Math.min(active.row, anchor.row),
    bottom: Math.max(active.row, anchor.row),
    left: Math.min(active.column, anchor.column),
    right: Math.max(active.column, anchor.column),
  };
}

/** Select a cell, or with *extend* everything from the anchor to it. */
export function select(row, column, extend = false) {
  const { rowCount, columnCount } = sheet();
  store.active = { row: Math.max(0, Math.min(row, rowCount - 1)), column: Math.max(0, Math.min(column, columnCount - 1)) };
  if (!extend) store.anchor = store.active;
  tell("selection");
}

/** Select a rectangle; the active cell is its first. */
export function selectRange(top, left, bottom, right) {
  store.active = { row: top, column: left };
  store.anchor = { row: bottom, column: right };
  tell("selection");
}

/** A tab of the API's answer as the page uses it. */
export function sheetOf({ properties, data, bandedRanges = [], protectedRanges = [] }) {
  const grid = properties.gridProperties;
  const columns = (data?.[0]?.columnMetadata ?? []).map((column) => ({
    width: column.pixelSize,
    hidden: column.hiddenByUser === true,
    mark: column.developerMetadata?.find((entry) => entry.metadataKey === "promosheet_column")?.metadataValue ?? "",
  }));
  return {
    id: properties.sheetId,
    title: properties.title,
    hidden: properties.hidden === true,
    rowCount: grid.rowCount,
    columnCount: grid.columnCount,
    frozenRows: grid.frozenRowCount ?? 0,
    frozenColumns: grid.frozenColumnCount ?? 0,
    columns,
    bands: bandedRanges,
    warned: protectedRanges.filter((each) => each.warningOnly),
  };
}

/** Rows at the top that stay where they are when the others are sorted. */
export const headerRows = (of) => Math.max(of.frozenRows, 1);

/** Whether a GridRange, whose sides may be open, holds a cell. */
export function holds(range, row, column) {
  const { startRowIndex = 0, endRowIndex = Infinity, startColumnIndex = 0, endColumnIndex = Infinity } = range;
  return row >= startRowIndex && row < endRowIndex && column >= startColumnIndex && column < endColumnIndex;
}
