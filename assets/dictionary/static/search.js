// Search over window.DICTIONARY: [kind, page, name, Thai, English, place, what else finds it]. All words must be found somewhere in an entry; Thai
// is written without spaces, so a part of a word counts.
"use strict";
(() => {
  const MOST = 40;
  const input = document.getElementById("q");
  const list = document.getElementById("found");
  const count = document.getElementById("count");
  const root = document.body.dataset.root;
  const plain = (text) => text.toLowerCase().normalize("NFC");
  const entries = window.DICTIONARY.map((entry, order) => ({
    entry, order, name: plain(entry[2]), all: plain(entry.slice(2).join("\n")),
    said: plain(entry[3] + "\n" + entry[4]),
  }));
  let chosen = -1;

  // Smaller comes first: the name itself, its beginning, a part of it, then what is said of it.
  function rank(found, words) {
    const whole = words.join("_");
    const bare = found.name.split(".").pop();
    if (found.name === whole || bare === whole) return 0;
    if (bare.startsWith(whole)) return 1;
    if (words.every((word) => found.said.includes(word)) && found.entry[0] !== "column") return 2;
    if (words.every((word) => found.name.includes(word))) return 3;
    return 4;
  }

  function marked(parent, text, words) {
    const low = plain(text);
    let at = 0;
    while (at < text.length) {
      const next = words.map((word) => [low.indexOf(word, at), word.length]).filter(([i]) => i >= 0).sort((a, b) => a[0] - b[0])[0];
      if (!next) break;
      parent.append(text.slice(at, next[0]));
      parent.append(Object.assign(document.createElement("mark"), { textContent: text.slice(next[0], next[0] + next[1]) }));
      at = next[0] + next[1];
    }
    parent.append(text.slice(at));
  }

  function line(found, words, number) {
    const [kind, page, name, thai, english, place] = found.entry;
    const item = Object.assign(document.createElement("li"), { id: "found-" + number });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const link = Object.assign(document.createElement("a"), { href: root + page, tabIndex: -1 });
    const code = document.createElement("code");
    marked(code, name, words);
    const said = document.createElement("span");
    marked(said, " " + thai, words);
    const small = document.createElement("small");
    marked(small, english, words);
    small.append(" · " + list.dataset[kind] + (place ? " · " + place : ""));
    link.append(code, said, small);
    item.append(link);
    return item;
  }

  function show() {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    if (!words.length) return close(true);
    const found = entries.filter((each) => words.every((word) => each.all.includes(word)));
    found.forEach((each) => { each.rank = rank(each, words); });
    found.sort((a, b) => a.rank - b.rank || a.order - b.order);
    list.replaceChildren(...found.slice(0, MOST).map((each, number) => line(each, words, number)));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    const shown = found.length > MOST ? ` (${MOST})` : "";
    count.textContent = found.length ? `พบ ${found.length}${shown} / ${found.length} found${shown && `, first ${MOST} shown`}` : "ไม่พบ / nothing found";
  }

  function close(isEmpty) {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    if (isEmpty) count.textContent = "";
  }

  function choose(step) {
    const items = list.children;
    if (list.hidden || !items.length) return;
    if (items[chosen]) items[chosen].setAttribute("aria-selected", "false");
    chosen = (chosen + step + items.length + (chosen < 0 && step < 0 ? 1 : 0)) % items.length;
    items[chosen].setAttribute("aria-selected", "true");
    items[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[chosen].id);
  }

  input.addEventListener("input", show);
  input.addEventListener("focus", () => { if (input.value) show(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden) {
      event.preventDefault();
      const item = list.children[Math.max(chosen, 0)];
      if (item) { close(false); item.firstChild.click(); }
    } else if (event.key === "Escape") {
      input.value = "";
      close(true);
    }
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest(".search")) close(false); });
})();
