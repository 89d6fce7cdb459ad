/* The whole of our own client code: what HTML cannot do by itself. Delegated, so that it survives swaps. Every page works without it. */
(function () {
  var D = document, root = D.documentElement;
  root.dataset.js = "on";
  function live(text) { var box = D.getElementById("live"); box.textContent = ""; setTimeout(function () { box.textContent = text; }, 30); }

  // theme and 关怀版 change at once and are kept by the same POST that the plain form sends; language needs the page again
  D.addEventListener("submit", function (e) {
    var form = e.target.closest("form[data-settings]"), press = e.submitter;
    if (!form || !press) return;
    var back = form.querySelector("[name=back]");
    if (back) back.value = location.pathname + location.search;
    if (press.name !== "theme" && press.name !== "care") return;
    e.preventDefault();
    var value = press.value;
    if (press.hasAttribute("data-flip")) {
      if (press.name === "theme") {
        var dark = root.dataset.theme === "dark" || root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme:dark)").matches;
        value = dark ? "light" : "dark";
      } else value = root.dataset.care === "on" ? "off" : "on";
    }
    root.dataset[press.name] = value;
    D.querySelectorAll("button[name=" + press.name + "]").forEach(function (b) {
      if (b.hasAttribute("data-flip")) { if (b.hasAttribute("aria-pressed")) b.setAttribute("aria-pressed", String(value === "on")); }
      else b.setAttribute("aria-pressed", String(b.value === value));
    });
    var body = new URLSearchParams(new FormData(form));
    body.set(press.name, value);
    fetch(form.action, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" });
  });

  D.addEventListener("click", function (e) {
    if (e.target.closest("[data-print]")) window.print();
    // all boxes of one name, or none if all are ticked
    var all = e.target.closest("[data-all]");
    if (all) {
      var boxes = Array.from(all.closest("form").querySelectorAll("[type=checkbox][name=" + all.dataset.all + "]")), on = !boxes.every(function (b) { return b.checked; });
      boxes.forEach(function (b) { b.checked = on; });
    }
    var say = e.target.closest("[data-say]");
    if (say) { var op = D.getElementById("opinion"); op.value = say.dataset.say; op.focus(); }
    // a press beside an open sheet or menu closes it
    D.querySelectorAll("details.menu[open],details.pop[open]").forEach(function (box) {
      if (!box.contains(e.target)) box.open = false;
    });
  });
  D.addEventListener("keydown", function (e) {
    if (e.key === "Escape") D.querySelectorAll("details.menu[open],details.pop[open]").forEach(function (box) {
      box.open = false; box.querySelector("summary").focus();
    });
    if (e.target === D.body && e.key === "/" && !e.ctrlKey && !e.metaKey) {
      var find = D.querySelector(".find input");
      if (find) { e.preventDefault(); find.focus(); }
    }
  });
  // an opened sheet takes the focus to its first control
  D.addEventListener("toggle", function (e) {
    if (e.target.open && e.target.matches(".pop")) {
      var first = e.target.querySelector(".sheet input:not([type=radio]),.sheet textarea,.sheet input");
      if (first) first.focus();
    }
  }, true);
  D.addEventListener("change", function (e) { if (e.target.matches("select[data-submit]")) e.target.form.requestSubmit(); });

  // a signature: strokes on a field of 600 × 200, kept as an SVG path
  var pen = null;
  function strokes(box, path) { box.querySelector("path").setAttribute("d", path); box.querySelector("input").value = path; }
  function spot(box, e) {
    var at = box.querySelector("svg").getBoundingClientRect();
    return Math.max(0, Math.min(600, Math.round((e.clientX - at.left) / at.width * 600))) + " " + Math.max(0, Math.min(200, Math.round((e.clientY - at.top) / at.height * 200)));
  }
  D.addEventListener("pointerdown", function (e) {
    var box = e.target.closest("[data-sign]");
    if (!box || e.target.closest("button")) return;
    e.preventDefault();
    pen = { box: box, at: spot(box, e), down: false };
  });
  D.addEventListener("pointermove", function (e) {
    if (!pen) return;
    var to = spot(pen.box, e), value = pen.box.querySelector("input").value;
    if (to === pen.at || value.length > 19000) return;
    strokes(pen.box, value + (pen.down ? "" : "M" + pen.at) + "L" + to);
    pen.at = to; pen.down = true;
  });
  D.addEventListener("pointerup", function () { pen = null; });
  D.addEventListener("click", function (e) { if (e.target.closest("[data-unsign]")) strokes(e.target.closest("[data-sign]"), ""); });

  // rows without a mouse: Enter goes on to the next row, or adds one; Ctrl+Delete drops the row
  D.addEventListener("keydown", function (e) {
    var line = e.target.closest && e.target.closest(".line"), press = null;
    if (!line || e.isComposing) return;
    if (e.key === "Delete" && e.ctrlKey) press = line.querySelector("[data-row=drop]");
    else if (e.key === "Enter" && e.target.matches("input:not([type=search])")) {
      var next = line.nextElementSibling, name = e.target.name.split("."), same = null;
      if (next) {
        var before = line.id.split(".").length - 1;
        name[before] = next.id.split(".")[before];
        same = D.getElementsByName(name.join("."));
      }
      e.preventDefault();
      if (same && same.length) { same[same.length - 1].focus(); return; }
      press = line.closest("fieldset").querySelector("[data-row=add]");
    }
    if (press) { e.preventDefault(); press.click(); }
  });

  // formatted text: the area is written into by what stands in its place
  function rich() {
    D.querySelectorAll("textarea[data-rich]").forEach(function (area) {
      if (area.hidden) return;
      var bar = area.previousElementSibling, page = D.createElement("div");
      page.className = "in rich"; page.contentEditable = "true"; page.setAttribute("role", "textbox"); page.setAttribute("aria-multiline", "true");
      page.setAttribute("aria-label", area.labels[0] ? area.labels[0].textContent : "");
      if (area.value.indexOf("<") < 0) page.textContent = area.value; else page.innerHTML = area.defaultValue;
      area.hidden = true; bar.hidden = false;
      area.after(page);
      page.addEventListener("input", function () { area.value = page.innerHTML; area.dispatchEvent(new Event("input", { bubbles: true })); });
      bar.addEventListener("mousedown", function (e) { e.preventDefault(); });
      bar.addEventListener("click", function (e) {
        var press = e.target.closest("[data-format]");
        if (press) { page.focus(); D.execCommand(press.dataset.format); }
      });
    });
  }
  rich();
  D.addEventListener("htmx:afterSwap", rich);

  // whoever leaves within the moment before a save loses nothing either
  var unsaved = null;
  D.addEventListener("input", function (e) {
    var form = e.target.form;
    if (form && form.getAttribute("hx-post") === "/drafts") unsaved = form;
  });
  D.addEventListener("htmx:beforeRequest", function (e) { if (e.detail.requestConfig.path === "/drafts") unsaved = null; });
  addEventListener("pagehide", function () {
    if (unsaved) fetch("/drafts", { method: "POST", body: new URLSearchParams(new FormData(unsaved)), keepalive: true, redirect: "manual", credentials: "same-origin" });
    unsaved = null;
  });

  // files go in parts; after a break they go on where they stopped, even when the page was closed meanwhile
  var PART = 524288;
  function send(form, box, file) {
    var path = box.dataset.upload, line = D.createElement("li"), bar = D.createElement("progress"), note = D.createElement("span"), stop = D.createElement("button"), gone = false;
    var value = function (n) { var i = form.querySelector("[name=" + n + "]"); return i ? i.value : ""; };
    var token = value("_csrf"), name = D.createElement("span");
    var known = "upload:" + (value("_task") || value("_draft")) + ":" + path + ":" + file.name + ":" + file.size + ":" + file.lastModified;
    line.className = "row wrap"; name.className = "grow"; name.textContent = file.name; bar.max = file.size; bar.value = 0; bar.setAttribute("aria-label", file.name);
    note.className = "small muted"; stop.type = "button"; stop.className = "btn sm"; stop.textContent = "×"; stop.setAttribute("aria-label", (box.dataset.stop || "") + " " + file.name);
    stop.onclick = function () { gone = true; line.remove(); };
    line.append(name, bar, note, stop); D.getElementById(path + "-going").append(line);
    function over(words) { sessionStorage.removeItem(known); note.textContent = words; note.className = "err"; bar.remove(); note.setAttribute("role", "alert"); }
    function kept(id) {
      sessionStorage.removeItem(known); line.remove();
      var input = D.createElement("input"); input.type = "hidden"; input.name = path; input.value = id;
      // it stays until the page that comes back lists the file
      (D.getElementById(path) || form).append(input); form.dispatchEvent(new Event("change", { bubbles: true }));
    }
    function begin() {
      var body = new URLSearchParams({ _csrf: token, _app: value("_app"), _draft: value("_draft"), _task: value("_task"), field: path, name: file.name, size: file.size });
      return fetch("/uploads", { method: "POST", body: body, credentials: "same-origin" }).then(function (r) {
        if (r.status === 422) return r.json().then(function (j) { over(j.words); });
        if (r.status !== 201) throw new Error(r.status);
        return r.json().then(function (j) { sessionStorage.setItem(known, j.id); return part(j.id, 0, 0); });
      });
    }
    function part(id, at, tries) {
      if (gone) return;
      bar.value = at; note.textContent = Math.floor(at / file.size * 100) + "%";
      return fetch("/uploads/" + id, { method: "PATCH", body: file.slice(at, at + PART), headers: { "upload-offset": String(at), "x-csrf-token": token, "content-type": "application/offset+octet-stream" }, credentials: "same-origin" }).then(function (r) {
        if (r.status === 204 || r.status === 409) return part(id, Number(r.headers.get("upload-offset")), 0);
        if (r.status === 200) return kept(id);
        if (r.status === 422) return r.json().then(function (j) { over(j.words); });
        if (r.status === 404) return begin();
        throw new Error(r.status);
      }).catch(function (wrong) {
        if (tries > 5) return over(root.dataset.offline || String(wrong));
        note.textContent = root.dataset.offline || "";
        return new Promise(function (go) { setTimeout(go, 1000 * (tries + 1)); }).then(function () { return part(id, at, tries + 1); });
      });
    }
    var before = sessionStorage.getItem(known);
    (before ? fetch("/uploads/" + before, { method: "HEAD", credentials: "same-origin" }).then(function (r) {
      return r.ok ? part(before, Number(r.headers.get("upload-offset")), 0) : begin();
    }) : begin()).catch(function () { over(root.dataset.offline || ""); });
  }
  D.addEventListener("change", function (e) {
    var box = e.target.closest && e.target.closest("[data-upload]");
    if (!box || e.target.type !== "file") return;
    e.stopPropagation();
    Array.prototype.forEach.call(e.target.files, function (file) { send(e.target.form, box, file); });
    e.target.value = "";
  }, true);

  // one decision, one press
  D.addEventListener("submit", function (e) {
    var form = e.target;
    unsaved = null;
    if (form.dataset.sent && !form.hasAttribute("hx-post")) { e.preventDefault(); return; }
    if (form.method === "post" && !form.matches("[data-settings]") && !e.defaultPrevented) { form.dataset.sent = "1"; setTimeout(function () { delete form.dataset.sent; }, 4000); }
  });
  addEventListener("pageshow", function (e) { if (e.persisted) D.querySelectorAll("form").forEach(function (f) { delete f.dataset.sent; }); });

  // a morph keeps what is being typed
  if (window.Idiomorph) {
    Idiomorph.defaults.ignoreActiveValue = true;
    // nor does it take away what formatted text is written in, or touch files that are coming in
    Idiomorph.defaults.callbacks.beforeNodeRemoved = function (node) { return !(node.matches && node.matches(".rich")); };
    Idiomorph.defaults.callbacks.beforeNodeMorphed = function (node) { return !(node.matches && node.matches("textarea[data-rich][hidden],.formats:not([hidden]),.rich,[data-going]")); };
  }
  D.addEventListener("htmx:afterSwap", function (e) {
    var words = e.detail.target && e.detail.target.querySelector && e.detail.target.querySelector("[data-live]");
    if (words) live(words.dataset.live);
    // a row that has just been added takes the focus, or the button below what has just lost one
    var fresh = D.querySelector("[data-focus]");
    if (fresh) {
      fresh.removeAttribute("data-focus");
      (fresh.matches("button") ? fresh : fresh.querySelector("input:not([type=hidden]),select,textarea") || fresh).focus();
    }
  });
  D.addEventListener("htmx:sendError", function () { live(root.dataset.offline || ""); var s = D.getElementById("saved"); if (s) s.textContent = root.dataset.offline || ""; });
  // the first wrong field, or the summary of them, is where the reader starts
  var wrong = D.getElementById("problems");
  if (wrong) wrong.focus();
})();
