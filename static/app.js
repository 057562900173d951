// What the pages gain where scripts run; without this file everything still works.
"use strict";

const root = document.documentElement;
root.classList.add("js");

// Error pages do not know the cookie; read before anything is painted.
const kept = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
if (kept && !root.dataset.theme) root.dataset.theme = kept[1];

// The theme switch without a new page.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});

const say = (text) => {
  const said = document.getElementById("said");
  if (said && said.textContent !== text) said.textContent = text;
};

// Copy buttons.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});

// Links to steps: the whole address is copied, and the step is gone to as without a script.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy-link]");
  if (!link) return;
  try {
    await navigator.clipboard.writeText(new URL(link.getAttribute("href"), location.href).href);
    say("Link copied");
  } catch {
    // The address bar has it.
  }
});

// A running page replaces itself: say what changed, and never drop the focus.
let held = null;
document.addEventListener("htmx:before:swap", () => {
  const run = document.getElementById("run");
  held = run && run.contains(document.activeElement) ? document.activeElement.id || "run" : null;
});
document.addEventListener("htmx:after:swap", () => {
  const run = document.getElementById("run");
  if (!run) return;
  say(run.dataset.say ?? "");
  if (!held) return;
  const again = document.getElementById(held);
  const next = again && again !== run ? again : run.querySelector("h2[tabindex]");
  next?.focus({ preventScroll: true });
  held = null;
});

// A run at work: its stream of events says when to ask for it again, and the lines that the models
// write are shown as they come. Where no stream comes through, it is asked for every 400 ms.
const atWork = () => document.querySelector("#run[data-events]");
document.addEventListener("DOMContentLoaded", () => {
  const lines = document.getElementById("lines");
  const more = document.getElementById("more-lines");
  if (!atWork() || !lines || !more) return;
  let timer;
  const ask = () => atWork()?.dispatchEvent(new Event("news"));
  const every = (ms) => {
    clearInterval(timer);
    timer = setInterval(ask, ms);
  };
  const stream = new EventSource(atWork().dataset.events);
  // Also while the stream is well: a request that crossed with the last event costs this much.
  stream.addEventListener("open", () => every(5000));
  stream.addEventListener("error", () => every(400));
  stream.addEventListener("run.stage", ask);
  for (const end of ["run.completed", "run.failed", "run.cancelled"]) {
    stream.addEventListener(end, () => {
      stream.close();
      ask();
      every(400);
    });
  }
  let last;
  // A page that is left open stays small: only the last lines are kept.
  const most = 200;
  const line = (event) => {
    const { solution, kind, text } = JSON.parse(event.data);
    const item = document.createElement("li");
    if (solution !== last) item.append(Object.assign(document.createElement("b"), { textContent: kind }), " ");
    last = solution;
    item.append(text);
    lines.append(item);
    lines.hidden = false;
    if (lines.children.length > most) {
      lines.firstElementChild.remove();
      more.hidden = false;
    }
  };
  stream.addEventListener("draft.delta", line);
  stream.addEventListener("refinement.delta", line);
  document.addEventListener("htmx:after:swap", () => {
    if (atWork()) return;
    clearInterval(timer);
    stream.close();
    lines.remove();
    more.remove();
  });
});

// Leaving a form half typed is the reader's right; sending it twice is not meant.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form.solve")) {
    const button = event.target.querySelector("button.primary");
    setTimeout(() => { if (button) button.disabled = true; });
  }
});
window.addEventListener("pageshow", () => {
  const button = document.querySelector("form.solve button.primary");
  if (button) button.disabled = false;
});
