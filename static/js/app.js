// Comfort only: every page works without it. No eval, no inline anything, nothing kept but one preference.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Toasts: the server puts them into #toasts (page or htmx out-of-band); good news leaves by itself,
  // later where there is something to undo.
  const toasts = $("#toasts");
  const settle = (toast) => {
    if (toast.classList.contains("success")) setTimeout(() => toast.remove(), $("form", toast) ? 30000 : 8000);
  };
  const say = (text) => {
    const template = $("#toast-said");
    if (!toasts || !template) return;
    const toast = template.content.firstElementChild.cloneNode(true);
    $("[data-text]", toast).textContent = text;
    toasts.append(toast);
  };
  if (toasts) {
    $$(".toast", toasts).forEach(settle);
    new MutationObserver((changes) =>
      changes.forEach((change) => change.addedNodes.forEach((node) => node.classList && settle(node)))
    ).observe(toasts, { childList: true });
  }

  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const text = source.value ?? source.textContent;
    await navigator.clipboard.writeText("copyRaw" in button.dataset ? text : text.replace(/\s/g, ""));
    say(button.dataset.copied);
  };

  const closeMenus = (target) =>
    $$("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target)) menu.open = false;
    });

  const leaveMenus = () => {
    const open = document.activeElement.closest("details.menu[open]");
    closeMenus(null);
    if (open) $("summary", open).focus();
  };

  const pickAll = (box) => {
    $$("input[data-pick]", box.closest("form, table, section")).forEach((item) => {
      if (!item.disabled) item.checked = box.checked;
    });
  };

  const countPicked = (form) => {
    const picked = $$("input[data-pick]:checked", form).length;
    $$("[data-picked]", form).forEach((place) => (place.textContent = picked));
    $$("[data-needs-pick]", form).forEach((button) => (button.disabled = picked === 0));
  };

  document.addEventListener("click", (event) => {
    closeMenus(event.target);
    const button = event.target.closest("[data-copy], [data-dialog], [data-close], [data-dismiss], [data-print]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else if (button.dataset.dialog) {
      const dialog = document.getElementById(button.dataset.dialog);
      if (dialog?.showModal) { event.preventDefault(); dialog.showModal(); }
    } else if ("close" in button.dataset) button.closest("dialog").close();
    else if ("dismiss" in button.dataset) button.closest(".toast").remove();
    else if ("print" in button.dataset) window.print();
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.matches("[data-pick-all]")) pickAll(field);
    if (field.matches("[data-pick-all], [data-pick]")) countPicked(field.closest("form"));
    if (field.matches("[data-autosubmit]")) field.form.requestSubmit();
    if (field.matches("[data-keys]")) localStorage.setItem("keys", field.checked ? "on" : "off");
  });

  // Keyboard: / search, J K rows, Enter opens the focused row, N new, ? this list, Escape closes menus.
  const rows = () => $$("[data-row]").filter((row) => row.offsetParent);
  const move = (step) => {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    if (next) $("a, button", next).focus();
  };
  const keys = {
    "/": () => $("input[type=search]")?.focus(),
    j: () => move(1),
    k: () => move(-1),
    n: () => $("[data-key=n]")?.click(),
    "?": () => $("#keys")?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leaveMenus();
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches("input, textarea, select")) return;
    if (document.querySelector("dialog[open]") || !Object.hasOwn(keys, event.key)) return;
    if (localStorage.getItem("keys") === "off" && event.key !== "?") return;
    event.preventDefault();
    keys[event.key]();
  });

  const keysBox = $("[data-keys]");
  if (keysBox) keysBox.checked = localStorage.getItem("keys") !== "off";
  $$("form").filter((form) => $("[data-pick]", form)).forEach(countPicked);
})();
