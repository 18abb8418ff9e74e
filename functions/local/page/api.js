// HTTP: the same Sheets API as everybody's, and what its failures mean to a person.

const BOOK = "/v4/spreadsheets/local";
const TRY_AGAIN = new Set([429, 500, 502, 503, 504]);
const COLUMN = "columnMetadata(pixelSize,hiddenByUser,developerMetadata(metadataKey,metadataValue))";
const PARTS = "bandedRanges,protectedRanges(protectedRangeId,range,warningOnly)";
const BOOK_FIELDS = `properties(title,locale),sheets(properties,${PARTS},data(${COLUMN}))`;
const LOOK =
  "effectiveFormat(backgroundColor,horizontalAlignment,textFormat(foregroundColor,bold,italic,strikethrough,underline))";
const CELL_FIELDS =
  "sheets.data(startRow,rowMetadata.hiddenByUser,rowData.values(userEnteredValue,formattedValue,dataValidation,note," +
  `userEnteredFormat.numberFormat,${LOOK}))`;

/** Nobody answered, or the answer was "not now": the same call may succeed later. */
export class Unreachable extends Error {}

/** The answer was no; the message says why. */
export class Refused extends Error {}

/** One call; `{status, json}`. Throws Unreachable. */
export async function exchange(method, path, body, headers = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const typed = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
  try {
    const answer = await fetch(path, { method, headers: typed, ...sent });
    return { status: answer.status, json: await answer.json() };
  } catch (problem) {
    throw new Unreachable(problem.message);
  }
}

async function ask(method, path, body) {
  const { status, json } = await exchange(method, BOOK + path, body);
  if (TRY_AGAIN.has(status)) throw new Unreachable(json.error.message);
  if (status >= 400) throw new Refused(json.error.message);
  return json;
}

function query(parts) {
  return `?${parts.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;
}

/** The spreadsheet without its cells. */
export const readBook = () => ask("GET", query([["fields", BOOK_FIELDS]]));

/** Grid data of rows: one block per [first, last] of *spans*, rows counted from 0. */
export async function readCells(title, spans) {
  const ranges = spans.map((span) => ["ranges", rows(title, ...span)]);
  const { sheets } = await ask("GET", query([...ranges, ["fields", CELL_FIELDS]]));
  return sheets[0].data;
}

/** Whether each row of a tab is hidden. */
export async function readHiddenRows(title) {
  const found = await ask("GET", query([["ranges", quoted(title)], ["fields", "sheets.data.rowMetadata.hiddenByUser"]]));
  return found.sheets[0].data[0].rowMetadata.map((row) => row.hiddenByUser === true);
}

/** Values as they were entered (formulas as formulas, dates as numbers): one block of rows per range. */
export async function readValues(ranges) {
  const parts = [...ranges.map((range) => ["ranges", range]), ["valueRenderOption", "FORMULA"]];
  const found = await ask("GET", `/values:batchGet${query(parts)}`);
  return found.valueRanges.map((block) => block.values ?? []);
}

/** Write *data* (ValueRanges) as typed, or with RAW as it is; what the cells hold now, one block per range. */
export async function writeValues(data, valueInputOption) {
  const asked = { valueInputOption, includeValuesInResponse: true, responseValueRenderOption: "FORMULA" };
  const { responses } = await ask("POST", "/values:batchUpdate", { ...asked, data });
  return responses.map((response) => response.updatedData.values ?? []);
}

/** `spreadsheets.batchUpdate`. */
export const batch = (requests) => ask("POST", ":batchUpdate", { requests });

/** Letters of a column: 0 is A, 26 is AA. */
export function letters(column) {
  return (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

export const quoted = (title) => `'${title.replaceAll("'", "''")}'`;
export const rows = (title, first, last) => `${quoted(title)}!${first + 1}:${last + 1}`;
export const address = (row, column) => `${letters(column)}${row + 1}`;
