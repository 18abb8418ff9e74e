// Signing in: by the till's key, or by a link that the owner sent.

import { Unanswered, look, signIn } from "./calls.js";
import { say } from "./words.js";

const part = (id) => document.getElementById(id);
let succeed = () => {};
let isBusy = false;

// Wait until somebody has signed in. `text` is the key of what to say first, `link` one to try first.
export async function wanted({ text = "", link = "" } = {}) {
  const done = new Promise((goOn) => (succeed = goOn));
  note(say(text));
  part("key").focus();
  if (link) await prove({ link }, "wrong_link");
  return done;
}

// From a link elsewhere the page comes without the cookie, and so without a name: the page's own question has it.
export async function lookAgain() {
  try {
    await look();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error; // then somebody signs in
  }
}

async function prove(proof, wrong) {
  if (isBusy) return;
  isBusy = true;
  try {
    const { status, retryAfter } = await signIn(proof);
    if (status === 200) {
      part("key").value = "";
      succeed();
    } else if (status === 429) note(say("slowed", { seconds: retryAfter || 3 }));
    else note(status === 403 ? `${say("forbidden")}. ${say("forbidden_hint")}` : say(wrong));
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    note(say("no_answer"));
  } finally {
    isBusy = false;
  }
}

function note(text) {
  part("sign-in-note").textContent = text;
  part("sign-in-note").hidden = !text;
}

part("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const key = part("key").value.trim();
  if (key) prove({ key }, "wrong_key");
});

part("show-key").addEventListener("change", () => {
  part("key").type = part("show-key").checked ? "text" : "password";
});
