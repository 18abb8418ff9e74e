// The screen of one answer: what kind it is, in colour, icon, words and sound, and what can be done next.

import { play } from "./sound.js";
import { end, isSaid, moment, say } from "./words.js";

const ICONS = { valid: "valid", done: "done", undone: "undone", refused: "refused", unknown: "unknown", waiting: "waiting" };
const SETTLE_MS = 400; // a second tap of a double tap meets no button that was not there for the first one

const part = (id) => document.getElementById(id);
let timer = 0;

// Fill the screen. `kind` is one of ICONS, `ways` the ids of what can be done: "redeem" or buttons.
export function draw({ kind, verdict, worth = "", why = "", facts = [], ways = [] }) {
  const answer = part("answer");
  const isNew = answer.dataset.kind !== kind || part("verdict").textContent !== verdict;
  answer.dataset.kind = kind;
  answer.querySelector(".mark").replaceChildren(icon(ICONS[kind]));
  put("verdict", verdict);
  put("worth", worth);
  put("why", why);
  part("facts").replaceChildren(...facts.filter(([, value]) => value).map(row));
  for (const way of answer.querySelectorAll("form, .ways > *")) way.hidden = !ways.includes(way.id);
  if (isNew) {
    unsettle();
    play(kind);
    part("verdict").focus({ preventScroll: true });
    window.scrollTo(0, 0);
    part("say").textContent = [worth, why, ...facts.filter(([, value]) => value).map((each) => each.join(": "))]
      .filter((text) => text).join(". ");
  }
}

// Buttons do nothing for a moment.
function unsettle() {
  const buttons = part("answer").querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  clearTimeout(timer);
  timer = setTimeout(() => {
    for (const button of buttons) button.disabled = false;
  }, SETTLE_MS);
}

function put(id, text) {
  part(id).textContent = text;
  part(id).hidden = !text;
}

function icon(name) {
  const drawn = part(`i-${name}`).cloneNode(true);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", drawn.getAttribute("viewBox"));
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...drawn.childNodes);
  return svg;
}

function row([title, value]) {
  const line = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = title;
  dd.textContent = value;
  dd.dir = "auto";
  line.append(dt, dd);
  return line;
}

// What the code is worth, for the largest line.
export const worth = (data) => data.discount || data.campaign || "";

// What is known of a code that can be or was just redeemed.
export function facts(data, reference = "") {
  return [
    [say("name_row"), data.first_name],
    [say("code"), data.code],
    [say("expires_row"), expiry(data)],
    [say("campaign_row"), data.discount ? data.campaign : ""],
    [say("uses_row"), uses(data)],
    [say("reference_row"), reference],
  ];
}

// What is known of a code that was refused: also when and where it was used.
export function refusedFacts(data) {
  const isExpired = data.reason === "expired";
  return [
    [say("used_row"), data.used_on && data.reason !== "expired" ? moment(data.used_on) : ""],
    [say("channel_row"), data.reason === "already_used" ? data.usage_channel : ""],
    [say("name_row"), data.first_name],
    [say("code"), data.code],
    [say(isExpired ? "expired_row" : "expires_row"), data.expiration_date ? end(data.expiration_date) : ""],
    [say("campaign_row"), [data.campaign, data.discount].filter((text) => text).join(", ")],
    [say("uses_row"), uses(data)],
  ];
}

// Nothing at all where it is not known, as after a reload.
function expiry(data) {
  if (data.expiration_date === null) return say("no_end");
  if (!data.expiration_date) return "";
  const day = end(data.expiration_date);
  return data.days_left === 0 ? `${day} (${say("last_day")})` : day;
}

// "2 of 5 used", of a code that can be used more than once.
function uses({ uses: used, uses_left: left }) {
  const total = used + left;
  return Number.isInteger(left) && Number.isInteger(used) && total > 1 ? say("uses", { used, total }) : "";
}

// Verdict and hint of a refusal by its word; a word of a newer server is still told as a refusal.
export function refusal(word) {
  const known = isSaid(word) ? word : "other";
  return { verdict: say(known), why: say(`${known}_hint`) };
}
