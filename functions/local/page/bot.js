// The panel: a subscriber who asks the bot, a till that redeems, and what goes over the wire meanwhile.

import { Unreachable, exchange, quoted, readValues } from "./api.js";
import { content } from "./cells.js";
import { status } from "./notices.js";
import { cellAt, headerRows, listen, sheet, store } from "./store.js";
import { say } from "./words.js";

const KEYS = { bot: "local-bot-key-0000", till: "local-till-key-000" };
const SUBSCRIBERS = [["1001", "Anna"], ["1002", "Boris"], ["1003", "Clara"], ["1004", "Daniyar"], ["1005", "Елена"]];
const MOST_SHOWN = 40;
const form = document.getElementById("bot");
const field = form.elements;
const chat = document.getElementById("chat");
const redeemedHere = new Map(); // code -> {request_id} of the till's redemption, which a rollback names
let last = null; // the call that "again" sends

const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

function subscriber() {
  const chosen = SUBSCRIBERS.find(([id]) => id === field.subscriber.value);
  return chosen ?? [field.id.value.trim(), field.person.value.trim()];
}

const person = () => ({ platform: "bothelp", subscriber_id: subscriber()[0] });
const code = () => ({ code: field.code.value });
const hex = (byte) => byte.toString(16).padStart(2, "0");
const once = () => ({ request_id: `page-${Array.from(crypto.getRandomValues(new Uint8Array(6)), hex).join("")}` });

/** The calls of the buttons: path, body, and what a person would say. */
const CALLS = {
  issue: () => ({ path: "/bot/issue", says: "you_issue", body: { ...person(), name: subscriber()[1] } }),
  bot_check: () => ({ path: "/bot/check", says: "you_check", body: { ...person(), ...code() } }),
  bot_redeem: () => ({ path: "/bot/redeem", says: "you_redeem", body: { ...person(), ...code(), ...once() } }),
  till_check: () => ({ path: "/till/check", says: "till_check", body: code() }),
  till_redeem: () => ({ path: "/till/redeem", says: "till_redeem", body: { ...code(), ...once() } }),
  till_rollback: () => {
    const body = { ...code(), ...redeemedHere.get(field.code.value) };
    return { path: "/till/rollback", says: "till_rollback", body };
  },
};

async function send(call) {
  last = call;
  document.getElementById("again").disabled = false;
  const headers = { "X-Api-Key": KEYS[call.path.split("/")[1]] };
  try {
    const { status: number, json } = await exchange("POST", call.path, call.body, headers);
    show(call, headers, number, json);
    const { request_id } = call.body;
    if (call.path === "/till/redeem" && json.status === "redeemed") redeemedHere.set(json.code, { request_id });
    if (json.code) field.code.value = json.code;
  } catch (problem) {
    if (!(problem instanceof Unreachable)) throw problem;
    status(say("nobody"), true);
  }
}

function prepared(name) {
  const call = CALLS[name]();
  const isBot = call.path.startsWith("/bot");
  const campaign = field.campaign.value;
  return { ...call, path: isBot && campaign ? `${call.path}?campaign=${encodeURIComponent(campaign)}` : call.path };
}

function show(call, headers, number, json) {
  const entry = make("article", call.path.startsWith("/bot") ? "talk" : "talk till");
  const isGood = [true, "true"].includes(json.ok ?? json.valid);
  const said = json.message ?? json.detail ?? json.error?.message ?? "";
  const answer = make("p", isGood ? "bubble good" : "bubble", said);
  answer.dir = "auto";
  answer.append(make("small", "word", json.status === number ? json.reason : (json.status ?? "")));
  entry.append(make("p", "bubble own", say(call.says, { code: call.body.code })), answer, wire(call, headers, number, json));
  chat.prepend(entry);
  while (chat.childElementCount > MOST_SHOWN) chat.lastElementChild.remove();
}

/** The call and its answer as they were, newest open. */
function wire(call, headers, number, json) {
  for (const other of chat.querySelectorAll("details[open]")) other.open = false;
  const details = Object.assign(make("details", "wire"), { open: true });
  const curl = make("button", "small", say("copy_curl"));
  curl.type = "button";
  curl.addEventListener("click", async () => {
    await navigator.clipboard.writeText(curlOf(call, headers));
    status(say("copied"));
  });
  const named = Object.entries({ ...headers, "Content-Type": "application/json" });
  const lines = named.map(([name, value]) => `${name}: ${value}\n`).join("");
  const sent = make("pre", "json");
  sent.append(make("b", "", `POST ${decodeURIComponent(call.path)}\n`), make("span", "key", lines), ...coloured(call.body));
  const back = make("pre", "json");
  back.append(make("b", "", `HTTP ${number}\n`), ...coloured(json));
  details.append(make("summary", "", say("details")));
  details.append(make("h3", "", say("request")), sent, make("h3", "", say("answer")), back, curl);
  return details;
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g;

/** JSON in several lines as text nodes and coloured spans. */
function coloured(json) {
  const text = JSON.stringify(json, null, 2);
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(TOKEN)) {
    parts.push(text.slice(from, found.index));
    const kind = found[2] !== undefined ? "key" : found[1] !== undefined ? "text" : "value";
    parts.push(make("span", kind, found[1] ?? found[3]), found[2] ?? "");
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}

function curlOf(call, headers) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const key = Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`);
  const parts = [`curl -X POST ${quote(location.origin + call.path)}`, ...key, "-H 'Content-Type: application/json'"];
  return [...parts, `-d ${quote(JSON.stringify(call.body))}`].join(" ");
}

/** Campaigns as they stand in the sheet now. */
async function readCampaigns() {
  const tab = store.sheets.find((each) => each.columns.some((column) => column.mark === "campaigns.campaign"));
  const at = tab?.columns.findIndex((column) => column.mark === "campaigns.campaign");
  const [rows] = tab ? await readValues([quoted(tab.title)]) : [[]];
  const names = rows.slice(1).map((row) => String(row[at] ?? "").trim()).filter(Boolean);
  const chosen = field.campaign.value;
  const wanted = ["", ...new Set(names)];
  if (wanted.join("\n") === [...field.campaign.options].map((each) => each.value).join("\n")) return;
  const isFirst = !field.campaign.options.length;
  field.campaign.replaceChildren(...wanted.map((name) => new Option(name || say("none"), name)));
  field.campaign.value = wanted.includes(chosen) && !isFirst ? chosen : (names[0] ?? "");
}

function fillSubscribers() {
  const chosen = field.subscriber.value;
  const options = SUBSCRIBERS.map(([id, name]) => new Option(`${name} · ${id}`, id));
  field.subscriber.replaceChildren(...options, new Option(say("someone"), ""));
  if (chosen) field.subscriber.value = chosen;
}

/** A code that is selected in the sheet is the one to check or redeem. */
function takeCode() {
  const { row, column } = store.active;
  if (!sheet().columns[column]?.mark.endsWith(".code") || row < headerRows(sheet())) return;
  const code = String(content(cellAt(row, column)));
  if (code) field.code.value = code;
}

export function start() {
  listen("book", () => {
    if (!field.subscriber.options.length) fillSubscribers();
    readCampaigns();
  });
  listen("selection", takeCode);
  field.subscriber.addEventListener("change", () => {
    document.getElementById("other").hidden = field.subscriber.value !== "";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(prepared("issue"));
  });
  form.addEventListener("click", (event) => {
    const { call } = event.target.dataset;
    if (call && call !== "issue") send(prepared(call));
    else if (event.target.id === "again") send(last);
  });
}
