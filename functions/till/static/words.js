// What people read: texts with their values, moments in the spreadsheet's own time, as the language writes them.

import { now, page } from "./calls.js";

export function say(key, values = {}) {
  const text = page.texts[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

export const isSaid = (key) => key in page.texts;

// "2026-03-31T23:59:59+03:00" -> its wall clock as if it were UTC, and the offset; the time zone of this device does
// not matter.
function wall(iso) {
  const [, local, sign, hours, minutes] = /^(.*?)(?:Z|([+-])(\d\d):(\d\d))$/.exec(iso) ?? [];
  const offset = sign ? (sign === "-" ? -1 : 1) * (60 * hours + Number(minutes)) * 60000 : 0;
  return { local: new Date(`${local}Z`), offset };
}

const sameDay = (one, other) => one.toISOString().slice(0, 10) === other.toISOString().slice(0, 10);

const LOCALE = page.language === "en" ? "en-GB" : page.language; // 1 March, as the bots' sentences say it

const written = (date, form) => new Intl.DateTimeFormat(LOCALE, { ...form, timeZone: "UTC" }).format(date);

export function day(iso) {
  return written(wall(iso).local, { day: "numeric", month: "long", year: "numeric" });
}

export function clock(iso) {
  return written(wall(iso).local, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

// Day and time; the day of today by its name.
export function moment(iso) {
  const { local, offset } = wall(iso);
  const isToday = sameDay(local, new Date(now() + offset));
  const today = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" }).format(0, "day");
  return `${isToday ? today : day(iso)}, ${clock(iso)}`;
}

// A promo code that ends with a day is valid until that day; only another time is worth saying.
export function end(iso) {
  return clock(iso) === "23:59" ? day(iso) : `${day(iso)}, ${clock(iso)}`;
}
