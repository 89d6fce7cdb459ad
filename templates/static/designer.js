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
    if (t.closest && t.closest(".cm-host")) return;
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
  // --- the source: a plain text area that becomes an editor when its script is there ---
  function source() {
    var form = D.querySelector("form[data-source]");
    if (!form || form.dataset.grown) return;
    form.dataset.grown = "1";
    var script = D.createElement("script");
    script.src = form.dataset.editor;
    script.onload = function () { grow(form); };
    D.head.appendChild(script);
  }
  var editor = null;
  function marks(state, form) {
    return JSON.parse(form.dataset.marks || "[]").filter(function (m) { return m.line <= state.doc.lines; }).map(function (m) {
      var line = state.doc.line(m.line), from = Math.min(line.from + m.column - 1, line.to);
      return { from: from, to: Math.min(Math.max(from + m.length, from), line.to), severity: m.severity, message: m.message };
    });
  }
  function grow(form) {
    var C = window.CodeMirror6, area = form.querySelector("textarea"), host = D.createElement("div"), names = JSON.parse(form.dataset.names || "[]");
    host.className = "cm-host";
    area.before(host);
    // a shadow root, whose style sheets are objects and not text of the page: the policy allows no other
    var root = host.attachShadow({ mode: "open" }), timer = 0;
    editor = new C.EditorView({
      root: root, parent: root,
      state: C.EditorState.create({ doc: area.value, extensions: [
        C.keymap.of([C.indentWithTab]), C.basicSetup, C.yaml(), C.lintGutter(),
        C.autocompletion({ override: [function (at) {
          var word = at.matchBefore(/[\w-]+/);
          return word || at.explicit ? { from: word ? word.from : at.pos, options: names } : null;
        }] }),
        C.EditorView.contentAttributes.of({ "aria-label": form.querySelector("b").textContent }),
        C.EditorView.theme({ "&": { height: "100%", fontSize: "13px", backgroundColor: "var(--surface)", color: "var(--ink)" }, ".cm-scroller": { overflow: "auto", fontFamily: "ui-monospace,Consolas,monospace" }, ".cm-gutters": { backgroundColor: "var(--sunk)", color: "var(--ink-3)", borderRight: "1px solid var(--line)" }, ".cm-activeLine,.cm-activeLineGutter": { backgroundColor: "var(--brand-soft)" }, ".cm-cursor": { borderLeftColor: "var(--ink)" } }),
        C.EditorView.updateListener.of(function (u) {
          if (!u.docChanged) return;
          area.value = u.state.doc.toString();
          clearTimeout(timer);
          timer = setTimeout(function () { window.htmx.trigger(form, "save"); }, 300);
        })
      ] })
    });
    area.hidden = true;
    editor.dispatch(C.setDiagnostics(editor.state, marks(editor.state, form)));
  }
  D.addEventListener("input", function (e) { if (e.target.id === "source") window.htmx.trigger(e.target.form, "save"); });
  D.addEventListener("htmx:afterSettle", function () {
    var fresh = D.getElementById("marks"), form = D.querySelector("form[data-source]"), news = D.getElementById("news");
    if (fresh && form && editor && fresh.dataset.marks && fresh.dataset.marks !== form.dataset.marks) {
      form.dataset.marks = fresh.dataset.marks;
      editor.dispatch(window.CodeMirror6.setDiagnostics(editor.state, marks(editor.state, form)));
    }
    // the text that was sent is the newest version now, unless somebody else was quicker
    if (form && news && !D.querySelector("#said .conflict")) form.querySelector("[name=version]").value = news.querySelector("[name=version]").value;
    source();
  });
  source();
})();
