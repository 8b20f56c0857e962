/** The script of the HTML report: theme, filter, search, links to a case, copying. It asks for nothing outside the page. */
export const script = `
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  root.classList.add("js");
  const stored = (value) => {
    try {
      if (value !== undefined) localStorage.setItem("asap-report-theme", value);
      return localStorage.getItem("asap-report-theme");
    } catch {
      return null;
    }
  };
  const isDark = () =>
    (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const named = () => {
    $("theme").textContent = isDark() ? "Light" : "Dark";
    $("theme").setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
  };
  const kept = stored();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  named();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", named);
  $("theme").addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored(root.dataset.theme);
    named();
  });

  const cases = [...document.querySelectorAll(".case")];
  const texts = new Map();
  const textOf = (one) => {
    if (!texts.has(one)) texts.set(one, one.textContent.toLowerCase());
    return texts.get(one);
  };
  const chips = [...document.querySelectorAll(".chips button")];
  const apply = () => {
    const words = $("search").value.toLowerCase().split(/\\s+/).filter(Boolean);
    const outcomes = new Set(chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.value));
    const profile = $("profile").value;
    const level = $("level").value;
    let shown = 0;
    for (const one of cases) {
      const fits =
        (outcomes.size === 0 || outcomes.has(one.dataset.outcome)) &&
        (profile === "" || one.dataset.profile === profile) &&
        (level === "" || one.dataset.level === level) &&
        words.every((word) => textOf(one).includes(word));
      one.hidden = !fits;
      if (fits) shown += 1;
    }
    $("shown").textContent = shown + " of " + cases.length + " cases shown";
    $("none").style.display = shown === 0 ? "block" : "none";
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  for (const id of ["search", "profile", "level"]) $(id).addEventListener("input", apply);
  $("all").addEventListener("click", () => {
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    for (const id of ["search", "profile", "level"]) $(id).value = "";
    apply();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      $("search").focus();
    }
    if (event.key === "Escape" && event.target === $("search")) {
      $("search").value = "";
      apply();
    }
  });
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const one = id === "" ? null : $(id);
    if (one === null || !one.classList.contains("case")) return;
    one.hidden = false;
    one.open = true;
    one.scrollIntoView();
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".copy");
    if (button === null) return;
    const line = button.parentElement.querySelector("pre");
    let done = true;
    try {
      await navigator.clipboard.writeText(line.textContent);
    } catch {
      getSelection().selectAllChildren(line);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Selected";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  addEventListener("hashchange", follow);
  apply();
  follow();
})();
`;
