// The rating page with keys. It presses the buttons that are there; without this file everything
// still works. Presses are sent one after the other, and the page shows what the server has kept.
"use strict";

const desk = document.getElementById("desk");
const find = (selector, within = document) => within.querySelector(selector);
const every = (selector, within = document) => [...within.querySelectorAll(selector)];
// What happened, heard and seen. Trouble stays until something is saved; the rest goes after a while.
let hush = 0;
const tell = (text, trouble = false) => {
  const said = document.getElementById("said");
  if (!said) return;
  said.textContent = text;
  said.classList.add("shown");
  clearTimeout(hush);
  if (!trouble) hush = setTimeout(() => said.classList.remove("shown"), 6000);
};

// ---- Rows: one of them is where keys go.
const rows = () => every("[data-row]", desk);
let now = null;
const go = (row, focus = true) => {
  if (!row) return;
  now?.removeAttribute("aria-current");
  now = row;
  row.setAttribute("aria-current", "step");
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
};
const step = (by) => {
  const all = rows();
  go(all[Math.min(all.length - 1, Math.max(0, all.indexOf(now) + by))]);
};
const isRated = (row) => Boolean(find("[aria-pressed=true]", row));
const isAsked = (row) => !row.classList.contains("closed");
const toUnrated = () => {
  const all = rows().filter((row) => !row.hasAttribute("data-end") && isAsked(row));
  const after = all.slice(all.indexOf(now) + 1);
  go([...after, ...all].find((row) => !isRated(row)) ?? find("[data-end]", desk));
};
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-row]");
  if (row && row !== now) go(row, false);
});

// ---- Saving: one request at a time, in the order of the presses.
let line = Promise.resolve();
let waiting = 0;
let failed = false;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const request = async (form, body) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
      const later = answer.status >= 500 || answer.status === 429;
      if (!later) return { answer, text: await answer.text() };
    } catch { /* no connection: again below */ }
    failed = true;
    tell("Not saved yet: the server does not answer. Trying again.", true);
    await pause(Math.min(8000, 500 * 2 ** attempt));
  }
};
const unsaved = () => every("form.unsaved", desk);
const save = (form, button, back = () => {}) => {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  waiting += 1;
  line = line.then(async () => {
    const { answer, text } = await request(form, body);
    waiting -= 1;
    form.classList.toggle("unsaved", !answer.ok);
    if (answer.ok && failed) tell("Saved.");
    failed = false;
    // A refusal is always shown: what the next press brings says nothing of it.
    if (!answer.ok) refuse(text, form, back);
    else if (waiting === 0) show(text, form, !button);
  });
  return line;
};

// ---- Showing what the server kept: parts are replaced, texts that are being typed are not.
// The page as it is served has one form for every step, so that without this file a press keeps all
// that was typed. Here each step is saved by itself.
const own = (page) => {
  for (const field of every("[data-form]", page)) field.setAttribute("form", field.dataset.form);
  return page;
};
own(desk);
const read = (text) => own(new DOMParser().parseFromString(text, "text/html"));
// `back` shows a button as it was before it was pressed, where the server does not say how it is.
const refuse = (text, form, back) => {
  const page = read(text);
  const whole = find("#desk", page);
  const words = find(".fault", page) ?? find(".error .lead", page) ?? find("main", page);
  const why = words?.textContent.replace(/\s+/g, " ").trim().slice(0, 300) || "it was refused";
  if (whole) render(page, form);
  else back();
  tell(`Not saved: ${why}`, true);
};
const show = (text, form, typed) => {
  const page = read(text);
  // Somewhere else: somebody has to log in again, or the item went to another person.
  if (!find("#desk", page)) return void tell("Not saved: this page is out of date. Load it again.", true);
  render(page, null);
  if (typed && form.hasAttribute("data-typed")) tell("Text saved.");
};
// `kept`: the form whose texts stay as they were typed.
const render = (page, kept) => {
  const held = document.activeElement;
  for (const part of every("[data-part]", desk)) {
    const other = find(`[data-part="${part.dataset.part}"]`, page);
    if (!other || other.innerHTML === part.innerHTML) continue;
    const inside = part.contains(held);
    part.replaceChildren(...other.childNodes);
    if (inside) now?.focus({ preventScroll: true });
  }
  for (const row of rows()) {
    const other = page.getElementById(row.id);
    if (other) row.className = other.className;
  }
  for (const area of every(".texts textarea", desk)) {
    const other = page.getElementById(area.id);
    const typed = area.form === kept || area.form.classList.contains("unsaved");
    const busy = area === document.activeElement || timers.has(area.form);
    if (other && !busy && !typed) area.value = other.value;
  }
  for (const fold of every("details.texts", desk)) {
    const other = find("details.texts", page.getElementById(fold.closest("[data-row]").id));
    if (other?.open) fold.open = true;
  }
  countdown();
};

// ---- Typing is saved half a second after the last letter, and when the text is left.
const timers = new Map();
const flush = (form) => {
  if (!timers.has(form)) return;
  clearTimeout(timers.get(form));
  timers.delete(form);
  save(form);
};
const flushAll = () => [...timers.keys()].forEach(flush);
desk.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-typed]");
  if (!form) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => flush(form), 500));
});
desk.addEventListener("focusout", (event) => {
  const form = event.target.closest("form[data-typed]");
  if (form) flush(form);
});
window.addEventListener("pagehide", () => {
  for (const form of timers.keys()) {
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
  }
});
window.addEventListener("beforeunload", (event) => {
  if (waiting > 0 || unsaved().length > 0) event.preventDefault();
});

// ---- Buttons.
const verdictOf = (button) => (button?.name === "verdict" || button?.name === "accept" ? button.value : null);
const advance = (button) => {
  const verdict = verdictOf(button);
  const row = button.closest("[data-row]");
  if (!verdict || verdict === "none" || !row) return;
  if (verdict === "wrong" && desk.dataset.mode === "first_error") {
    go(find("[data-choice]", desk) ?? find("[data-end]", desk));
  } else {
    go(row);
    step(1);
  }
};
let warnedOfText = false;
document.addEventListener("submit", (event) => {
  const { target: form, submitter: button } = event;
  if (form.matches("[data-save]")) {
    event.preventDefault();
    clearTimeout(timers.get(form));
    timers.delete(form);
    // Shown at once; what the server says comes after.
    let back;
    if (button?.hasAttribute("aria-pressed")) {
      const all = [...form.elements].filter((one) => one.hasAttribute("aria-pressed"));
      const before = all.map((one) => one.getAttribute("aria-pressed"));
      back = () => all.forEach((one, at) => one.setAttribute("aria-pressed", before[at]));
      for (const other of all) other.setAttribute("aria-pressed", String(other === button));
    }
    save(form, button, back);
    if (button) advance(button);
    if (button?.name === "choice" && button.value !== "none") go(find("[data-end]", desk));
  } else if (form.hasAttribute("data-leaves") && unsaved().length > 0 && !warnedOfText) {
    event.preventDefault();
    warnedOfText = true;
    unsaved()[0].closest("details").open = true;
    tell("A text was not saved and would be lost. Change it, or press again to go on without it.", true);
  } else if (waiting > 0 || timers.size > 0) {
    // The page is left only when everything is kept.
    event.preventDefault();
    flushAll();
    line.then(() => {
      // What the server answered may have replaced the form by one like it.
      const again = form.isConnected
        ? form
        : find(`form[data-leaves][action="${form.getAttribute("action")}"]`, desk);
      again?.requestSubmit(button?.isConnected ? button : undefined);
    });
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !plain || (waiting === 0 && timers.size === 0)) return;
  event.preventDefault();
  flushAll();
  line.then(() => { location.href = link.href; });
});

// ---- Keys.
const list = find("[data-keys]", desk);
const keys = new Map(every("[data-key]", list).map((item) => [item.dataset.key, item.dataset.name]));
const press = (name, within = desk) => {
  const target = find(`[data-do="${name}"]`, within);
  if (!target || target.disabled) return false;
  target.click();
  return true;
};
const fold = (details) => {
  details.open = !details.open;
  if (details.open) details.scrollIntoView({ block: "nearest" });
};
const reason = (name) => {
  const details = find(`[data-do="${name}"]`, desk)?.closest("details");
  if (!details) return;
  details.open = true;
  find("textarea", details).focus();
};
let asked = false;
const PICKS = { wrong: 1, fine: 2, good: 3 };
const act = {
  down: () => step(1),
  up: () => step(-1),
  unrated: toUnrated,
  guidelines: () => fold(find("#guidelines")),
  help: () => fold(find("#keylist")),
  diff: () => desk.classList.toggle("no-diff"),
  bad: () => reason("bad"),
  giveup: () => reason("giveup"),
  edit: () => {
    const area = find(".texts textarea", now ?? desk);
    const details = area?.closest("details");
    if (details) details.open = true;
    area?.focus();
  },
  rest: () => {
    if (!find('[data-do="rest"]', now ?? desk)) return tell("Rate the step first.");
    if (!asked && !window.confirm("Rate every following step like this one? It can be undone.")) return;
    asked = true;
    press("rest", now);
  },
  same: () => press("same"),
};
for (const name of ["wrong", "fine", "good", "unsure", "accept", "before"]) {
  act[name] = () => {
    if (now?.hasAttribute("data-choice")) {
      if (PICKS[name]) find(`[data-pick="${PICKS[name]}"]`, now)?.click();
    } else if (now) {
      press(name, now);
    }
  };
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const chord = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (chord && event.key === "Enter") {
    event.preventDefault();
    press("submit");
  } else if (chord && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    press(event.shiftKey ? "redo" : "undo");
  } else if (typing) {
    if (event.key === "Escape") now?.focus();
    // Reasons are a line: Enter sends them.
    if (event.key === "Enter" && event.target.matches("[name^=reason-]")) {
      event.preventDefault();
      [...event.target.form.elements].find((one) => one.type === "submit").click();
    }
  } else if (!chord && !event.altKey && list.dataset.keys === "on") {
    const arrows = { ArrowDown: "down", ArrowUp: "up" };
    const name = arrows[event.key] ?? keys.get(event.key);
    if (!name) return;
    event.preventDefault();
    if (act[name]) act[name]();
    else press(name);
  }
});

// ---- The lease, by the server's clock.
let offset = 0;
let warned = false;
const countdown = () => {
  const time = find("time[data-expires]", desk);
  if (!time) return;
  if (time.dataset.seen !== "1") {
    offset = Date.parse(time.dataset.now) - Date.now();
    time.dataset.seen = "1";
  }
  const left = Math.max(0, Math.round((Date.parse(time.dataset.expires) - Date.now() - offset) / 1000));
  const text = left > 0
    ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`
    : "time is over; yours until somebody else takes it";
  if (time.textContent !== text) time.textContent = text;
  if (left > 60) warned = false;
  else if (!warned) {
    warned = true;
    tell("This item is kept for you for one more minute. Any change, or “More time”, keeps it longer.");
  }
};
setInterval(countdown, 1000);
countdown();

// Begin where the address says, else at the first step that is not rated.
const hash = location.hash ? document.getElementById(location.hash.slice(1)) : null;
if (hash?.hasAttribute("data-row")) go(hash);
else if (!find("[aria-invalid=true]", desk)) toUnrated();
