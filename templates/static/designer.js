/* The designer's own: what HTML cannot do by itself. Delegated, so that it survives swaps. Every page works without it, except dragging. */
(function () {
  var D = document;
  // Ctrl+Z and Ctrl+Y of the app; within a text that is being typed they are the browser's
  D.addEventListener("keydown", function (e) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey) return;
    var key = e.key.toLowerCase(), what = key === "z" ? (e.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : "";
    if (!what) return;
    var t = e.target;
    if (t.matches && t.matches("input:not([type=checkbox]):not([type=radio]),textarea,[contenteditable]") && t.value !== t.defaultValue) return;
    if (t.closest && t.closest(".cm-editor")) return;
    var button = D.getElementById(what);
    if (!button) return;
    e.preventDefault();
    if (!button.disabled) button.click();
  });
  // an open list of problems stays open when it is swapped
  D.addEventListener("htmx:oobBeforeSwap", function (e) {
    var old = e.detail.target, fresh = e.detail.fragment;
    if (old && old.id === "problems" && old.open && fresh) { var box = fresh.querySelector ? fresh.querySelector("#problems") || fresh : fresh; if (box.setAttribute) box.setAttribute("open", ""); }
  });
})();
