// Calls to the server: JSON over, JSON back, who is signed in, and what time the server has.

const PATIENCE_MS = 20000; // the server answers within 8 s

// Nobody knows whether the call arrived: no network, no answer in time, or the answer of something in between.
export class Unanswered extends Error {}

// What the server put into the page: texts, language, till and csrf (null while nobody is signed in).
export const page = JSON.parse(document.getElementById("page").textContent);

let ahead = 0; // milliseconds by which the server's clock is ahead of this device's
export const now = () => Date.now() + ahead;

let signedInAgain = () => Promise.reject(new Error("nobody can sign in"));
export function onSignedOut(signIn) {
  signedInAgain = signIn;
}

async function send(method, path, body) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (method !== "GET" && page.csrf) headers["X-Csrf-Token"] = page.csrf;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const response = await fetch(path, {
      method, headers, body: body && JSON.stringify(body), signal: patience.signal,
      cache: "no-store", credentials: "same-origin", redirect: "error", referrerPolicy: "no-referrer",
    });
    const data = await response.json();
    if (typeof data?.ok !== "boolean") throw new Unanswered("not the server's own answer");
    const date = Date.parse(response.headers.get("Date"));
    if (date) ahead = date - Date.now();
    return { status: response.status, data, retryAfter: Number(response.headers.get("Retry-After")) || 0 };
  } catch (error) {
    throw error instanceof Unanswered ? error : new Unanswered(error.message);
  } finally {
    clearTimeout(timer);
  }
}

// One call, by whoever is signed in; it waits for somebody to sign in again if the session ended. Raises Unanswered.
export async function ask(method, path, body) {
  for (;;) {
    const answer = await send(method, path, body);
    const shown = page.csrf;
    if (answer.status === 401) await signedInAgain();
    else if (answer.status !== 403) return answer;
    else {
      await look(); // another tab may have signed in anew
      if (!page.till) await signedInAgain();
      else if (page.csrf === shown) return answer;
    }
  }
}

// Who is signed in, by the server's word. Raises Unanswered.
export async function look() {
  keep((await send("GET", "session")).data);
}

function keep({ till, csrf }) {
  page.till = till;
  page.csrf = csrf;
}

// Sign in with {key} or {link}; the answer says whether it went well. Raises Unanswered.
export async function signIn(proof) {
  const answer = await send("POST", "session", proof);
  if (answer.status === 200) keep(answer.data);
  return answer;
}

// Raises Unanswered. A session that ended already is signed out, too.
export async function signOut() {
  let answer = await send("DELETE", "session");
  if (answer.status === 403) {
    await look();
    answer = await send("DELETE", "session");
  }
  keep({ till: null, csrf: null });
  return answer;
}
