// Today's list: what this till redeemed, the newest first, what was undone struck through; a count and a search.

import { Unanswered, ask, page } from "./calls.js";
import * as undo from "./undo.js";
import { clock, say } from "./words.js";

const part = (id) => document.getElementById(id);
let entries = [], leftOut = 0, opened = () => {}, isLoaded = false;

export function start(onOpen) {
  opened = onOpen;
  part("search").addEventListener("input", draw);
  part("reload").addEventListener("click", load);
  document.addEventListener("visibilitychange", () => document.hidden || !page.till || load());
}

// Ask for the list and show it; what this gives is the server's answer, null if there was none.
export async function load() {
  try {
    const { status, data } = await ask("GET", "today");
    if (status !== 200) throw new Unanswered("no list");
    entries = data.redemptions;
    isLoaded = true;
    part("count").textContent = say("count", { count: data.count });
    leftOut = data.left_out ?? 0;
    note("");
    draw();
    return data;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    note(say("list_failed"));
    return null;
  }
}

export function clear() {
  entries = [];
  isLoaded = false;
  part("count").textContent = part("search").value = "";
  part("list").replaceChildren();
}

export const find = (requestId) => entries.find((each) => each.request_id === requestId);

function note(text) {
  part("list-note").textContent = text;
  part("reload").hidden = text !== say("list_failed");
}

function draw() {
  const wanted = part("search").value.trim().toLowerCase();
  const shown = entries.filter((each) => !wanted || words(each).includes(wanted));
  part("search").hidden = entries.length < 2;
  part("list").replaceChildren(...shown.map(item));
  if (!part("reload").hidden || !isLoaded) return;
  if (shown.length) note(leftOut ? say("left_out", { count: leftOut }) : "");
  else note(say(wanted ? "nothing_found" : "nothing_today"));
}

function words({ code, first_name, discount, reference, usage_channel }) {
  const texts = [code, code.replaceAll("-", ""), first_name, discount, reference, usage_channel];
  return texts.filter((text) => text).join("\n").toLowerCase();
}

function item(entry) {
  const line = document.createElement("li");
  const time = text("time", clock(entry.time));
  time.dateTime = entry.time;
  const code = text(entry.rolled_back ? "s" : "span", entry.code, "code");
  const isElsewhere = entry.usage_channel && entry.usage_channel !== page.till;
  const rest = text("span", "", "rest");
  const more = [entry.discount, entry.first_name, entry.reference, isElsewhere ? entry.usage_channel : ""];
  rest.append(time, ...more.filter((each) => each).map((each) => ` · ${each}`));
  line.append(code, rest);
  if (entry.rolled_back) line.append(text("em", say("undone_mark")));
  else if (undo.left(entry.time) > 0) line.append(button(entry));
  return line;
}

function button(entry) {
  const made = text("button", say("undo_short"));
  made.type = "button";
  made.setAttribute("aria-label", `${say("undo_short")}: ${entry.code}`);
  made.addEventListener("click", () => opened(entry));
  return made;
}

function text(tag, words, name = "") {
  const made = document.createElement(tag);
  made.textContent = words;
  made.className = name;
  made.dir = tag === "button" ? "" : "auto";
  return made;
}
