// Today's list: what this till redeemed, the newest first, what was undone struck through; a count and a search.

import { Unanswered, ask, page } from "./calls.js";
import * as undo from "./undo.js";
import { clock, say } from "./words.js";

const STALE_MS = 30 * 60 * 1000; // a page that is left open over night must not call yesterday's list today's

const part = (id) => document.getElementById(id);
let entries = [], leftOut = 0, opened = () => {}, isLoaded = false;
let asked = 0, newest = 0; // counts the lists that were asked for; the newest of them that came

export function start(onOpen) {
  opened = onOpen;
  part("search").addEventListener("input", draw);
  part("reload").addEventListener("click", load);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, STALE_MS);
}

const refresh = () => document.hidden || !page.till || load();

// Ask for the list and show it; what this gives is the server's answer, null if there was none.
export async function load() {
  const mine = (asked += 1);
  try {
    const { status, data } = await ask("GET", "today");
    if (status !== 200) throw new Unanswered("no list");
    if (mine <= newest) return data; // a newer one was faster, or somebody signed out
    newest = mine;
    entries = data.redemptions;
    isLoaded = true;
    part("count").textContent = say("count", { count: data.count });
    leftOut = data.left_out ?? 0;
    note("");
    draw();
    return data;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    if (mine > newest) note(say("list_failed"));
    return null;
  }
}

export function clear() {
  entries = [];
  newest = asked; // what is still on its way is not for who comes next
  isLoaded = false;
  part("count").textContent = part("search").value = "";
  part("list").replaceChildren();
}

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
