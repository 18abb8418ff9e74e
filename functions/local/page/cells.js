// What a cell holds: its value, what a person edits, its choices, its colours.

import { holds, store } from "./store.js";

const DAY_MS = 86_400_000;
const EPOCH = Date.UTC(1899, 11, 30);
const DATES = new Set(["DATE", "TIME", "DATE_TIME"]);
/** Text that would become something else if it were typed: numbers, dates, formulas, TRUE. */
const READ_AS_OTHER = /^[=+\-'.,\d]|^(true|false|истина|ложь)$/i;
const CLOCK = /\d{1,2}:\d{2}.*$/;

/** The value as it was entered, as `values.get` tells it: "" for none. */
export function content(cell) {
  const entered = cell?.userEnteredValue ?? {};
  return entered.formulaValue ?? entered.stringValue ?? entered.numberValue ?? entered.boolValue ?? "";
}

const formatType = (cell) => cell?.userEnteredFormat?.numberFormat?.type ?? "";
const isRussian = () => store.locale.startsWith("ru");
const hasDayFirst = () => store.locale !== "en_US";

export const isPlainText = (cell) => formatType(cell) === "TEXT";

/** Whether a date belongs here, by the cell's format or its validation. */
export function isDate(cell) {
  const validation = cell?.dataValidation?.condition?.type ?? "";
  return ["DATE", "DATE_TIME"].includes(formatType(cell)) || validation.startsWith("DATE_");
}

export const isCheckbox = (cell) => cell?.dataValidation?.condition?.type === "BOOLEAN";

/** What stands in the cell when a person begins to edit it; typing it again would change nothing. */
export function editText(cell) {
  const entered = cell?.userEnteredValue ?? {};
  if (entered.numberValue !== undefined) return numberText(entered.numberValue, formatType(cell));
  if (entered.boolValue !== undefined) return cell.formattedValue;
  const text = entered.formulaValue ?? entered.stringValue ?? "";
  const guarded = entered.stringValue !== undefined && !isPlainText(cell) && READ_AS_OTHER.test(text);
  return guarded ? `'${text}` : text;
}

function numberText(number, type) {
  if (DATES.has(type)) return momentText(number, type);
  const text = type === "PERCENT" ? `${Number((number * 100).toPrecision(15))}%` : String(number);
  return isRussian() ? text.replace(".", ",") : text;
}

function momentText(serial, type) {
  const iso = new Date(EPOCH + Math.round(serial * DAY_MS)).toISOString();
  const clock = iso.slice(11, 23).replace(".000", "");
  if (type === "TIME") return clock;
  const day = dayText(iso.slice(0, 10));
  return type === "DATE" && Number.isInteger(serial) ? day : `${day} ${clock}`;
}

/** A day such as 2026-03-31 as people here write it. */
export function dayText(iso) {
  return isRussian() ? iso.split("-").reverse().join(".") : iso;
}

/** The day (2026-03-31) in a text that a person typed; "" when there is none. */
export function dayOf(text) {
  const iso = /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})/.exec(text);
  const local = /^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})/.exec(text);
  if (!iso && !local) return "";
  const [, first, second, last] = iso ?? local;
  const [year, month, day] = iso ? [first, second, last] : hasDayFirst() ? [last, second, first] : [last, first, second];
  return `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** The text with another day; a time of day in it stays. */
export function withDay(text, iso) {
  const clock = CLOCK.exec(text)?.[0] ?? "";
  return `${dayText(iso)} ${clock}`.trim();
}

/** The drop-down of a cell, null if it has none: its values, and whether other text is refused. */
export function choices(cell) {
  const rule = cell?.dataValidation;
  const values = rule?.condition?.values?.map((each) => each.userEnteredValue ?? "") ?? [];
  if (rule?.condition?.type === "ONE_OF_LIST") return { list: values, strict: rule.strict === true };
  if (rule?.condition?.type === "ONE_OF_RANGE") {
    return { list: store.lists.get(rangeOf(values[0])) ?? [], strict: rule.strict === true };
  }
  return null;
}

const rangeOf = (formula) => formula.replace(/^=/, "");

/** Ranges that hold the values of the drop-downs of these cells. */
export function rangesOfLists(cells) {
  const rules = cells.map((cell) => cell?.dataValidation?.condition).filter((each) => each?.type === "ONE_OF_RANGE");
  return [...new Set(rules.map((rule) => rangeOf(rule.values[0].userEnteredValue)))];
}

/** Whether the cell holds what its drop-down does not offer. */
export function isOdd(cell) {
  const offered = choices(cell);
  return offered !== null && content(cell) !== "" && !offered.list.includes(cell.formattedValue);
}

const css = ({ red = 0, green = 0, blue = 0 }) =>
  `rgb(${[red, green, blue].map((part) => Math.round(part * 255)).join(" ")})`;
const WHITE = "rgb(255 255 255)";
const BLACK = "rgb(0 0 0)";

/** Give an element the looks of its cell. Colours of a cell's own come in pairs, so that dark mode cannot hide text. */
export function paint(element, cell, band) {
  const look = cell?.effectiveFormat ?? {};
  const letter = look.textFormat ?? {};
  const back = look.backgroundColor ? css(look.backgroundColor) : WHITE;
  const ground = back === WHITE && band ? css(band) : back;
  const colour = css(letter.foregroundColor ?? {});
  if (ground !== WHITE || colour !== BLACK) {
    element.style.backgroundColor = ground;
    element.style.color = colour;
  }
  element.classList.toggle("bold", letter.bold === true);
  element.classList.toggle("italic", letter.italic === true);
  element.classList.toggle("struck", letter.strikethrough === true);
  element.classList.toggle("underlined", letter.underline === true);
  element.style.textAlign = (look.horizontalAlignment ?? natural(cell)).toLowerCase();
}

function natural(cell) {
  const value = cell?.effectiveValue ?? cell?.userEnteredValue ?? {};
  if (value.boolValue !== undefined) return "CENTER";
  return value.numberValue === undefined ? "START" : "RIGHT";
}

/** Colour of a banded row, undefined if no band covers the cell. */
export function bandColour(bands, row, column) {
  const found = bands.find(({ range }) => holds(range, row, column));
  if (!found?.rowProperties) return undefined;
  const { headerColor, firstBandColor, secondBandColor } = found.rowProperties;
  const offset = row - (found.range.startRowIndex ?? 0);
  if (headerColor && offset === 0) return headerColor;
  return (offset - (headerColor ? 1 : 0)) % 2 ? secondBandColor : firstBandColor;
}
