// The till page: type or scan, look, redeem, undo, next. Which screen is shown, and what goes from one to the other.

import * as answers from "./answer.js";
import * as attempts from "./attempts.js";
import { Unanswered, ask, onSignedOut, page, signOut } from "./calls.js";
import { fits, fold, seemsMistyped } from "./code.js";
import { lookAgain, wanted } from "./signing.js";
import * as scanning from "./scanning.js";
import * as sound from "./sound.js";
import * as today from "./today.js";
import * as undo from "./undo.js";
import { moment, say } from "./words.js";

const AT_ONCE_MS = 150; // after the check symbol: the next key may still come
const PAUSE_MS = 900; // after anything else: a code of the shop's own has no check symbol
const SHORTEST = 3;

const part = (id) => document.getElementById(id);
const on = (id, event, act) => part(id).addEventListener(event, act);

let asking = 0; // counts checks: only the answer to the newest one is shown
let underWay = null; // the attempt that is not answered yet
let open = null; // the code on the answer screen, and what was said of it
let typing = 0;
let isLeaving = false; // "back" was asked for, and has not happened yet
let isScanning = false; // the last code came from the camera

function screen(name) {
  clearTimeout(typing); // what was typed just now is not asked about on another screen
  document.body.dataset.screen = name;
  for (const each of document.querySelectorAll("body [data-screen]")) {
    each.hidden = !each.dataset.screen.split(" ").includes(name);
  }
  part("sign-out").disabled = Boolean(underWay);
}

// A screen over the first one: "back" of the browser closes it.
function over(name) {
  if (!history.state?.over && !isLeaving) history.pushState({ over: true }, "");
  screen(name);
}

function home({ keep = false } = {}) {
  asking += 1;
  open = null;
  scanning.close();
  undo.offer(null);
  if (!keep) part("code").value = "";
  part("clear").hidden = !part("code").value;
  part("reference").value = "";
  hint(say("code_hint"));
  screen("ask");
  focus();
  if (history.state?.over && !isLeaving) {
    isLeaving = true;
    history.back();
  }
}

// Back to the first screen: what was typed stays, unless it is done with.
function leave() {
  home({ keep: !open?.isDone });
}

// Where the next customer's code begins: with the camera for who scans, since a keyboard would cover half a phone.
const focus = () => part(isScanning ? "scan" : "code").focus();

addEventListener("popstate", () => {
  const isOurs = isLeaving, name = document.body.dataset.screen;
  isLeaving = false;
  if (underWay || (isOurs && name !== "ask")) over(name); // not before it is known what became of it
  else if (["answer", "camera"].includes(name)) leave();
});

function hint(text, isBad = false) {
  part("hint").textContent = text;
  part("hint").classList.toggle("bad", isBad);
}

// ---- Check -------------------------------------------------------------------------------------------------------

// Ask what a code is worth. While somebody is still typing (`isWhole` false), "no such code" is no answer yet.
async function check(code, isWhole) {
  clearTimeout(typing);
  const mine = (asking += 1);
  const isOld = () => mine !== asking;
  hint(say("checking"));
  for (;;) {
    try {
      const { data } = await ask("POST", "check", { code });
      if (isOld()) return;
      const word = data.reason ?? data.status;
      if (word === "busy") throw new Unanswered(word);
      hint(say("code_hint"));
      if (!isWhole && ["not_found", "invalid_request"].includes(word)) return hint(say("not_found_yet"), true);
      return data.valid ? showValid(code, data) : showRefused(code, { ...data, reason: word });
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (isOld()) return;
      hint(say(error.message === "busy" ? "busy" : "offline"), true);
    }
    await attempts.paused(2000);
    if (isOld()) return;
  }
}

function showValid(typed, data) {
  open = { typed, code: data.code, data };
  over("answer");
  answers.draw({
    kind: "valid", verdict: say("valid"), worth: answers.worth(data), facts: answers.facts(data), ways: ["redeem", "back"],
  });
}

function showRefused(typed, data) {
  open = { typed, code: data.code, data };
  const told = answers.refusal(data.reason);
  if (data.reason === "not_found" && seemsMistyped(typed)) told.why = say("mistyped_hint");
  const isOver = !["too_many", "sheet_broken"].includes(data.reason);
  over("answer");
  answers.draw({ kind: "refused", ...told, facts: answers.refusedFacts(data), ways: [isOver ? "next" : "again", "back"] });
}

on("ask", "submit", (event) => {
  event.preventDefault();
  const code = part("code").value.trim();
  if (code) check(code, true);
  else part("code").focus();
});

on("code", "input", () => {
  const code = part("code").value;
  isScanning = false;
  part("clear").hidden = !code;
  clearTimeout(typing);
  asking += 1; // what was asked before is no longer what stands there
  hint(say("code_hint"));
  if (fold(code).length < SHORTEST) return;
  typing = setTimeout(() => check(code.trim(), false), fits(code) ? AT_ONCE_MS : PAUSE_MS);
});

on("clear", "click", () => home());
on("again", "click", () => open && check(open.typed, true));
on("next", "click", () => home());
on("back", "click", leave);

// Who types on while an answer is shown types the next code: so does a scanner that is a keyboard to the computer.
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  const isFree = document.body.dataset.screen === "answer" && !underWay && !event.target.closest("input");
  if (isText && isFree) home(); // the key itself goes into the field that has the focus now
  if (event.key === "Escape" && history.state?.over && !underWay) leave();
});

// ---- Redeem and undo ---------------------------------------------------------------------------------------------

on("redeem", "submit", (event) => {
  event.preventDefault();
  if (!open || underWay) return;
  const reference = part("reference").value.trim();
  run(attempts.redeeming(open.code, reference), open.data);
});

on("undo", "click", () => {
  if (open && !underWay) run(attempts.undoing(open.code, open.requestId), open.data);
});

on("ask-now", "click", attempts.askNow);

// See an attempt through to its answer, and show that.
async function run(attempt, data) {
  const isUndo = attempt.path === "rollback";
  const known = { worth: answers.worth(data), facts: answers.facts(data, attempt.reference) };
  const unknown = (word) => {
    const why = say(word === "sheet_broken" ? "unknown_broken" : isUndo ? "unknown_undo" : "unknown_redeem");
    answers.draw({ kind: "unknown", verdict: say("unknown"), why, ...known, ways: ["ask-now"] });
  };
  asking += 1;
  underWay = attempt;
  undo.offer(null);
  over("answer");
  if (attempt.resumed) unknown();
  else answers.draw({ kind: "waiting", verdict: say(isUndo ? "undoing" : "redeeming"), ...known });
  const { data: answer } = await attempts.settle(attempt, unknown);
  const entry = answer.reason === "idempotency_mismatch" ? await written(attempt, unknown) : null;
  attempts.forget();
  underWay = null;
  screen("answer");
  if (answer.reason === "idempotency_mismatch" && !entry) showLost(attempt, known);
  else if (isUndo ? answer.ok : entry?.rolled_back) showUndone(entry ?? answer);
  else if (entry) showRedeemed(entry, entry.time, attempt.request_id, entry.reference);
  else if (answer.ok) showRedeemed(answer, answer.used_on, attempt.request_id, attempt.reference, Boolean(attempt.resumed));
  else showRefused(attempt.code, answer);
  today.load();
}

// What the sheet says of an attempt whose order number is not known any more (see attempts.js).
async function written(attempt, unknown) {
  for (;;) {
    const list = await today.load();
    if (list) return list.redemptions.find((each) => each.request_id === attempt.request_id);
    unknown("");
    await attempts.paused(2000);
  }
}

// `isLate`: it is worth saying when it was.
function showRedeemed(data, time, requestId, reference, isLate = true) {
  open = { typed: data.code, code: data.code, data, requestId, isDone: true };
  over("answer");
  const facts = [[say("used_row"), isLate ? moment(time) : ""], ...answers.facts(data, reference)];
  answers.draw({ kind: "done", verdict: say("redeemed"), worth: answers.worth(data), facts, ways: ["next"] });
  undo.offer(time);
}

function showUndone(data) {
  open = { typed: data.code, code: data.code, data, isDone: true };
  answers.draw({
    kind: "undone", verdict: say("rolled_back"), why: say("rolled_back_hint"), worth: answers.worth(data),
    facts: answers.facts(data), ways: ["next"],
  });
}

function showLost(attempt, known) {
  open = { typed: attempt.code, code: attempt.code, data: {}, isDone: true };
  answers.draw({ kind: "unknown", verdict: say("lost"), why: say("lost_hint"), ...known, ways: ["next"] });
}

// ---- Scan --------------------------------------------------------------------------------------------------------

scanning.start({ opened: openCamera, closed: leave, found: seen });

function openCamera() {
  asking += 1;
  over("camera");
}

function seen(text) {
  scanning.close();
  isScanning = true;
  part("code").value = text.slice(0, part("code").maxLength);
  check(part("code").value, true);
  screen("ask"); // until the answer comes; its entry in the history is used again
}

// ---- Who is here -------------------------------------------------------------------------------------------------

on("sign-out", "click", async () => {
  try {
    await signOut();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return hint(say("no_answer"), true);
  }
  attempts.forget();
  today.clear();
  home();
  await signedIn({ text: "signed_out" });
  await begin();
});

// Show the sign-in and wait until somebody has signed in; then the screen from before is there again.
async function signedIn(why) {
  const before = document.body.dataset.screen;
  scanning.close();
  screen("sign-in");
  await wanted(why);
  part("till").textContent = page.till;
  screen(before === "answer" ? before : "ask");
  if (before !== "answer") focus();
}

let waiting = null; // one sign-in for all calls that need it
onSignedOut(() => (waiting ??= signedIn({ text: "session_ended" }).then(() => {
  waiting = null;
  today.load(); // it may be another till now
})));

// A server that has just started does not know the spreadsheet's language yet: once is enough to ask for the page again.
const isReload = () => performance.getEntriesByType("navigation")[0]?.type === "reload";

async function begin() {
  part("till").textContent = page.till;
  screen("ask");
  focus();
  const left = attempts.left();
  if (left) await run(left, { code: left.code });
  const list = await today.load();
  const isOther = list?.language && list.language !== page.language;
  if (isOther && !isReload() && document.body.dataset.screen === "ask" && !part("code").value) location.reload();
}

today.start((entry) => {
  if (underWay) return;
  asking += 1;
  showRedeemed(entry, entry.time, entry.request_id, entry.reference);
});
sound.start(part("sound"));
const link = new URLSearchParams(location.hash.slice(1)).get("link");
history.replaceState(null, "", location.pathname); // no link, and no screen of before a reload, stays in the address
if (!page.till && !link) await lookAgain();
if (!page.till || link) await signedIn({ link: link ?? "" });
await begin();
