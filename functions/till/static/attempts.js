// An attempt: one redemption, or its undoing, asked for under one request id until there is an answer.
//
// The server lets one request id be one redemption, however often it is asked. So the id is made once, and what must
// survive a reload or a locked screen is kept in this tab alone (sessionStorage): the path, the promo code, the request
// id. They name no person. The order number is not kept, since anything might have been typed there. All of it is gone
// as soon as it is known what became of the attempt.

import { Unanswered, ask } from "./calls.js";

const KEY = "promosheet-attempt";
const FIRST_MS = 1000, LONGEST_MS = 30000;

export function redeeming(code, reference) {
  return { path: "redeem", code, request_id: randomId(), reference };
}

export function undoing(code, requestId) {
  return { path: "rollback", code, request_id: requestId };
}

// The attempt that was under way when the page was left; null if there is none.
export function left() {
  try {
    const { path, code, request_id } = JSON.parse(sessionStorage.getItem(KEY));
    const isOurs = ["redeem", "rollback"].includes(path) && typeof code === "string";
    return isOurs ? { path, code, request_id, resumed: true } : null;
  } catch {
    return null; // nothing there, or a browser without storage
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {} // a browser without storage
}

function keep({ path, code, request_id }) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ path, code, request_id }));
  } catch {} // a browser without storage: then it survives everything but a reload
}

// Ask until there is an answer. `unknown` is called after each time without one, with the word of what refused to answer.
// What is kept is kept until `forget`.
export async function settle(attempt, unknown) {
  keep(attempt);
  const { resumed, ...fields } = attempt;
  const { path, ...body } = fields;
  for (let pause = FIRST_MS; ; pause = Math.min(2 * pause, LONGEST_MS)) {
    let wait = pause, word = "";
    try {
      const answer = await ask("POST", path, body);
      if (isAnswer(answer.status)) return answer;
      word = answer.data.reason;
      wait = Math.max(pause, 1000 * answer.retryAfter);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
    }
    unknown(word);
    await paused(wait);
  }
}

// busy and the like leave open what became of the time before.
const isAnswer = (status) => status < 500 && status !== 408 && status !== 429;

let end = () => {};

// End the pause between two times of asking.
export const askNow = () => end();

// Wait; the network that is back or a screen that is unlocked ends it early.
export function paused(milliseconds) {
  return new Promise((goOn) => {
    end = goOn;
    setTimeout(goOn, milliseconds);
  });
}

addEventListener("online", askNow);
document.addEventListener("visibilitychange", () => document.hidden || askNow());

// randomUUID is there only for pages over https or on this machine.
function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return crypto.randomUUID?.() ?? Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
