/* The pages' own program: draws what coworking.js tells, keeps drafts, and hands window and token to every form. */

const words = JSON.parse(document.getElementById("words").textContent);
const locale = { en: "en-GB", de: "de-DE" }[document.documentElement.lang];
const page = document.body.dataset.window;
const talk = document.getElementById("talk");
const item = talk?.dataset.item;
const find = (id) => document.getElementById(id);

function say(name, facts = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, fact) => facts[fact] ?? "");
}

/* Today a time is enough; before that, the day belongs to it. */
function clock(at) {
  const when = new Date(at);
  const today = when.toDateString() === new Date().toDateString();
  return when.toLocaleString(locale, today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

function who(card) {
  return card?.name ?? words.somebody;
}

function localTimes(root = document) {
  for (const time of root.querySelectorAll("time")) {
    time.textContent = new Date(time.dateTime).toLocaleString(locale, { dateStyle: "medium", timeStyle: "short" });
  }
}

// -------------------------------------------------------------------- lists

function marks() {
  for (const row of document.querySelectorAll("li[data-item]")) {
    const held = coworking.held.find((one) => one.item === row.dataset.item);
    const note = coworking.moved.find((one) => one.item === row.dataset.item);
    let text = "";
    if (held) {
      text = say(held.own ? "row.own" : "row.other", { name: who(held.holder), time: clock(held.since) });
      if (held.own && held.asked_by) text += ` · ${say("you_ask", { name: who(held.asked_by) })}`;
    } else if (note) text = say(note.what, { name: who(note.by), time: clock(note.at) });
    row.classList.toggle("held", Boolean(held && !held.own));
    const mark = row.querySelector(".mark");
    if (mark.textContent !== text) mark.textContent = text;
    mark.hidden = !text;
  }
}

/* Put what the server shows now in the place of what stands here, and leave the focus where it was. */
async function refresh(...ids) {
  const answer = await fetch(talk ? talk.dataset.path + location.search : location.href, { headers: { Accept: "text/html" } });
  if (answer.redirected || answer.status === 404) return talk ? farewell() : undefined;
  if (!answer.ok) return undefined;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.id;
  for (const id of ids) {
    const [old, made] = [find(id), fresh.getElementById(id)];
    if (!old || !made || old.contains(document.activeElement?.closest("details, input") ?? null)) continue;
    localTimes(made);
    if (old.innerHTML !== made.innerHTML) old.replaceChildren(...made.childNodes);
  }
  if (focused && document.activeElement?.id !== focused) find(focused)?.focus();
  marks();
  stamp();
  return undefined;
}

let planned;
function refreshSoon() {
  clearTimeout(planned);
  const ids = talk ? ["messages", "about", "acts", "side"] : ["fresh", "side"];
  planned = setTimeout(() => refresh(...ids).catch(() => {}), 250);
}

async function lookForGone() {
  const shown = [...document.querySelectorAll("[data-item]")].map((one) => one.dataset.item);
  const gone = new Set(await coworking.gone(shown));
  if (gone.has(item)) farewell();
  for (const row of document.querySelectorAll("li[data-item]")) if (gone.has(row.dataset.item)) row.remove();
}

function farewell() {
  coworking.stop();
  const note = document.createElement("p");
  note.className = "problem";
  note.setAttribute("role", "alert");
  note.dataset.testid = "gone";
  note.textContent = words.gone;
  talk.replaceChildren(note);
}

async function myLocks() {
  const list = find("my-locks");
  const held = await coworking.mine();
  list.replaceChildren(...held.map((one) => {
    const row = document.createElement("li");
    row.className = "talk";
    const heading = row.appendChild(document.createElement("h2"));
    const link = heading.appendChild(document.createElement("a"));
    link.href = `/talks/${one.item.split(":")[1]}`;
    link.textContent = one.item;
    row.append(clock(one.since));
    fetch(link.href).then((answer) => answer.text()).then((text) => {
      const made = new DOMParser().parseFromString(text, "text/html");
      link.textContent = made.querySelector("h1").textContent;
    });
    return row;
  }));
  find("no-locks").hidden = held.length > 0;
  find("release-all").hidden = held.length === 0;
}

// -------------------------------------------------------------------- a talk

const text = find("text");
let loss = null;
let problem = ""; // why the last attempt failed, until something is heard again
let sending = false;

/* Every form that writes takes along by what right it does. */
function stamp() {
  for (const form of document.querySelectorAll("form[data-guarded]")) {
    for (const [name, value] of [["window", coworking.window], ["token", coworking.lock?.token]]) {
      const field = form.elements[name] ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
      field.value = value ?? "";
    }
  }
}

function lockBar() {
  if (!find("lock")) return;
  const held = coworking.held.filter((one) => one.item === item);
  const mine = coworking.lock && !coworking.doubtful;
  const [other, own] = [held.find((one) => !one.own), held.find((one) => one.own)];
  const facts = (one) => ({ name: who(one.holder ?? one.by), time: one.since ? clock(one.since) : "" });
  let [state, said] = ["checking", words.checking];
  const silent = coworking.doubtful || loss?.how === "silent";
  if (silent) [state, said] = ["lost", words.silent];
  else if (mine) [state, said] = ["mine", say("mine", facts(own ?? { since: new Date() }))];
  else if (other) {
    [state, said] = ["other", say(loss?.how === "taken" || loss?.how === "forced" ? "taken" : "other", facts(other))];
    if (other.asked_by?.id === coworking.me) said += ` ${words["other.asked"]}`;
  } else if (loss?.how === "forced") [state, said] = ["lost", say("forced", facts(loss))];
  else if (own) [state, said] = ["own-window", say("own", facts(own))];
  else if (loss) [state, said] = ["free", loss.how === "expired" ? words.expired : words.free];
  if (problem) said = problem;
  find("lock").dataset.state = state;
  if (find("lock-text").textContent !== said) find("lock-text").textContent = said;
  const toggle = (id, shown) => { find(id).hidden = !shown; };
  toggle("lock-ask", state === "other" && other.asked_by?.id !== coworking.me);
  toggle("lock-force", state === "other");
  toggle("lock-again", (state === "lost" && !silent) || state === "free");
  toggle("lock-release", state === "mine");
  const asker = mine && own?.asked_by;
  find("asked").hidden = !asker;
  if (asker) find("asked-text").textContent = say("asked", { name: who(asker) });
  document.title = asker ? `● ${title}` : title;
  writable(Boolean(mine));
  stamp();
}

function writable(may) {
  text.readOnly = !may;
  find("answer").classList.toggle("locked", !may);
  for (const button of document.querySelectorAll("form[data-guarded] button")) button.disabled = !may;
}

async function attempt(work) {
  problem = "";
  try {
    await work();
  } catch (error) {
    problem = error.status < 500 ? error.message : words.silent;
  }
  lockBar();
}

async function click() {
  loss = null;
  await attempt(async () => {
    if (!(await coworking.focus(item))) loss = { how: "busy" };
  });
}

async function release() {
  await keep();
  await attempt(() => coworking.blur());
  loss = { how: "released" };
  lockBar();
  find("lock-again").focus();
}

// -------------------------------------------------------------------- the draft

/* What was typed outlives a reload in the tab itself; another person's tab finds none of it.
 *
 * A page may be made by the server just before it gets what was typed on the page before: hence beside the text stands
 * what the server had `before`, and whether it has `got` it. Where it has another text by then, that one was written
 * later, in another window. */
const unsaved = find("answer") && ["unsaved", document.body.dataset.me, find("answer").elements.message.value].join(" ");
const before = [text?.value];
let kept = text?.value;
let saving;

function remember(got) {
  sessionStorage.setItem(unsaved, JSON.stringify({ text: text.value, got, before }));
}

function restore() {
  const left = JSON.parse(sessionStorage.getItem(unsaved));
  if (!left) return;
  if (left.text === text.value || (left.got && !left.before.includes(text.value))) return sessionStorage.removeItem(unsaved);
  text.value = left.text;
  keep();
}

async function keep() {
  clearTimeout(saving);
  if (!text) return;
  if (text.value === kept) {
    if (saving) find("draft").textContent = "";
    return;
  }
  const wanted = text.value;
  const body = new URLSearchParams({ message: find("answer").elements.message.value, text: wanted });
  try {
    const answer = await fetch(`${talk.dataset.path}/draft`, { method: "POST", body, keepalive: true });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText); // redirected: signed out
    if (text.value === wanted) remember(true);
    before.push((kept = wanted));
    find("draft").textContent = wanted.trim() ? say("saved", { time: clock(new Date()) }) : "";
  } catch {
    find("draft").textContent = words.unsaved;
    saving = setTimeout(keep, 5_000);
  }
}

// -------------------------------------------------------------------- what happens

const title = document.title;
const coworking = new Coworking({
  base: "/cowork",
  folder: page === "talk" ? "talk" : location.pathname,
  onPicture() {
    problem = "";
    marks();
    if (talk) lockBar();
    if (find("my-locks")) myLocks();
    if (begun) refreshSoon();
  },
  onEvent(event) {
    marks();
    if (talk) lockBar();
    if (!event.kind.startsWith("lock.")) refreshSoon();
    if (event.kind === "sight.changed") lookForGone();
    if (event.kind === "lock.released" && event.item === item && !coworking.lock && loss?.how === "busy") loss = { how: "released" };
    if (find("my-locks")) myLocks();
  },
  onHeld() {
    loss = null;
    problem = "";
    lockBar();
    if (begun) refreshSoon();
  },
  onLost(lost) {
    loss = lost;
    problem = "";
    if (text && !sending) keep();
    lockBar();
  },
  onState(state) {
    const shown = find("connection");
    shown.dataset.state = state;
    shown.textContent = words[`state.${state}`];
    if (state === "signed out") location.reload();
  },
});

let begun = false;
localTimes();
if (find("lock")) {
  lockBar();
  find("lock-ask").addEventListener("click", () => attempt(() => coworking.ask(item)));
  find("lock-again").addEventListener("click", click);
  find("lock-release").addEventListener("click", release);
  find("asked-release").addEventListener("click", release);
  find("lock-force").addEventListener("click", () => {
    find("force").returnValue = find("force-reason").value = ""; // Escape leaves both as they were
    find("force").showModal();
  });
  find("force").addEventListener("close", async () => {
    const reason = find("force-reason").value.trim();
    if (find("force").returnValue !== "force" || !reason) return;
    await attempt(() => coworking.force(item, reason));
    await click();
  });
  restore();
  text.addEventListener("input", () => {
    remember(false);
    find("draft").textContent = words.saving;
    clearTimeout(saving);
    saving = setTimeout(keep, 700);
  });
  find("answer").addEventListener("submit", () => {
    sending = true;
    clearTimeout(saving);
    sessionStorage.removeItem(unsaved);
  });
  addEventListener("pageshow", () => { sending = false; });
  addEventListener("pagehide", () => { if (!sending) keep(); });
}
find("release-all")?.addEventListener("click", async () => {
  await coworking.releaseAll();
  await myLocks();
});
await coworking.start();
begun = true;
if (find("lock")) await click();
stamp();
