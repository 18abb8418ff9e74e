// Where rows and columns are on the screen. Rows are all equally high, so that 200,000 of them need no measuring.

const narrow = matchMedia("(max-width: 700px), (pointer: coarse)");

/** Geometry of a tab: heights and offsets in pixels, places of rows with the hidden ones left out. */
export function layoutOf(of) {
  const rowHeight = narrow.matches ? 44 : 28;
  const headWidth = narrow.matches ? 48 : 52;
  const rows = of.hiddenRows.includes(true) ? shownRows(of) : null;
  const columns = [];
  let left = headWidth;
  for (let index = 0; index < of.columnCount; index += 1) {
    const { width, hidden } = of.columns[index];
    if (hidden) continue;
    columns.push({ index, left, width, fixed: index < of.frozenColumns });
    left += width;
  }
  return {
    rowHeight,
    headWidth,
    columns,
    width: left,
    frozen: of.frozenRows,
    count: (rows ? rows.length : of.rowCount) - of.frozenRows, // rows that scroll
    rowAt: (place) => (rows ? rows[place + of.frozenRows] : place + of.frozenRows),
    placeOf: (row) => (rows ? firstAtLeast(rows, row) : row) - of.frozenRows,
  };
}

/** Frozen rows are shown even if hidden: they are few, and the header is always wanted. */
function shownRows(of) {
  const rows = [];
  for (let row = 0; row < of.rowCount; row += 1) if (row < of.frozenRows || !of.hiddenRows[row]) rows.push(row);
  return rows;
}

function firstAtLeast(rows, row) {
  const place = rows.findIndex((each) => each >= row);
  return place < 0 ? rows.length - 1 : place;
}

/** Call *act* when the page becomes wide or narrow. */
export const onWidth = (act) => narrow.addEventListener("change", act);
