// A name for each press of undo or redo, so that one that is sent again because its answer was lost
// is known. Without this file each page that is loaded brings one.
"use strict";

document.addEventListener("submit", (event) => {
  const press = event.target.elements.namedItem("press");
  if (!press) return;
  const lots = [...crypto.getRandomValues(new Uint32Array(4))];
  press.value = lots.map((lot) => lot.toString(36)).join("-");
}, true);
