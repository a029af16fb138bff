/*
 * coworking.js: the browser's side of windows and locks. Copy it into your application; it knows nothing of any page.
 *
 *   const coworking = new Coworking({
 *     base: "/cowork",                    // where the server answers (see below)
 *     folder: "list",                     // what the page shows, for the window
 *     onPicture(coworking) {},            // a whole new picture: draw .held and .moved, read anew what you show
 *     onEvent(event, coworking) {},       // one change, already in .held: {kind, item, actor, at, fields}
 *     onHeld(lock, coworking) {},         // this window has the lock: {item, token}; writable from now on
 *     onLost(loss, coworking) {},         // it has it no more: {item, how, by, since}; read-only from now on
 *     onState(state, coworking) {},       // "starting", "live", "polling", "hidden", "offline" or "signed out"
 *   });
 *   await coworking.start();
 *   await coworking.focus("talk:abc");    // true, or false where somebody else has it: see .held
 *
 * Also: blur(), ask(item), force(item, reason), moveTo(folder), gone(refs), mine(), releaseAll(), stop();
 * window (its id) and lock ({item, token}), which go with every write to the server; held, moved, state.
 *
 * `how` of a loss: "forced" (by whom; only a new focus() gets it back), "taken over" (by another window of one's own;
 * comes back by itself, told by onHeld), "taken" (somebody else has it), "expired", "released", or "silent": the
 * server was not heard for so long that the lock can't be counted on; followed by onHeld or another loss.
 *
 * How it works
 * - The window's id lives in this page's memory alone: a duplicated tab copies sessionStorage, and must not be us.
 * - While the page is visible there is a stream (server-sent events), and the server gives our signs of life; now and
 *   then (30 s) the page says that it is there itself. Without a stream we give a sign (10 s) and ask for events.
 *   A hidden page has no stream (browsers allow six connections to a host) and gives a sign now and then (60 s). All
 *   are parts of the time that the server gives a window (30 s, hidden 150 s), ± 10 %.
 * - A lock counts as lost after 0.8 of its time without a confirmed sign, from before sending, on the monotonic or the
 *   wall clock, whichever says more: the first stands still in some browsers while the machine sleeps.
 * - Hidden: a beacon tells it. Left: a beacon closes the window, or lets go if the page may come back from the
 *   back/forward cache. Never `unload`, which would keep pages out of that cache. Beacons get lost: the lease decides.
 * - Coming back (shown, thawed, back in the cache, online): a sign first, the token compared, then the picture.
 * - A focus that got no answer is repeated with the next sign of life.
 * - A picture first, then events from its cursor on; what comes twice is dropped. A cursor that is too old, or a
 *   window that is gone: a new window, a new picture, and the former focus, unless it was freed by force meanwhile.
 *
 * What the server answers (JSON; examples/web/inbox_web/cowork.py)
 *   POST base/windows {folder, mode} -> {window, me, ttl, picture};   picture: {cursor, held, moved}
 *   POST base/windows/ID/beat {mode} -> {ttl, lock};   focus {item} -> {lock} or {lock: null, picture}
 *   POST base/windows/ID/blur, close, ask {item}, force {item, reason}, folder {folder}, gone {refs}, release-all
 *   GET  base/windows/ID/picture, ID/mine;   GET base/events?after=CURSOR -> {events, cursor}
 *   GET  base/windows/ID/stream?after=CURSOR: events "events" (a list, its id the cursor), "beat" {ttl},
 *        "anew" (the window is gone, or the cursor too old);   errors: 410 {code: "window_gone" | "snapshot_required"}, 401 signed out
 */
class Coworking {
  static PACE = { visible: 1 / 3, hidden: 0.4, attached: 1 }; // of the time a window lasts
  static SURE = 0.8;
  static RETRY = [1_000, 2_000, 5_000, 10_000, 30_000];

  constructor({ base, folder = "", ...callbacks }) {
    this.base = base;
    this.folder = folder;
    this.callbacks = callbacks;
    this.window = this.lock = this.me = this.cursor = null;
    this.held = [];
    this.moved = [];
    this.state = "starting";
    this.wanted = null; // the item this page is on
    this.why = null; // how the lock was lost, as far as an event told
    this.ttl = 30_000;
    this.confirmed = this.#now();
    this.doubtful = false;
    this.away = false; // whether the focus has to be repeated
    this.seen = new Set();
    this.pending = null; // events that came while a picture was on its way
    this.failures = this.retryAt = 0;
    this.turn = Promise.resolve();
    this.ended = false;
  }

  // ------------------------------------------------------------------ what a page calls

  async start() {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#hide() : this.#return()));
    document.addEventListener("resume", () => this.#return());
    addEventListener("online", () => this.#return());
    addEventListener("pageshow", (event) => event.persisted && this.#return());
    addEventListener("pagehide", (event) => this.#leave(event.persisted));
    await this.#quietly(() => this.#pulse());
  }

  async focus(item) {
    this.wanted = item;
    this.why = null;
    this.away = false;
    return this.#inTurn(() => this.#focus(item));
  }

  blur() {
    return this.#letGo("blur");
  }

  ask(item) {
    return this.#inTurn(() => this.#say("ask", { item }));
  }

  async force(item, reason) {
    await this.#inTurn(() => this.#say("force", { item, reason }));
    return this.#inTurn(() => this.#look());
  }

  moveTo(folder) {
    this.folder = folder;
    return this.#letGo("folder", { folder });
  }

  async gone(refs) {
    return refs.length ? (await this.#inTurn(() => this.#say("gone", { refs }))).gone : [];
  }

  async mine() {
    return (await this.#inTurn(() => this.#call(`windows/${this.window}/mine`))).held;
  }

  releaseAll() {
    return this.#inTurn(() => this.#say("release-all"));
  }

  stop() {
    this.#leave(false);
  }

  // ------------------------------------------------------------------ window and lock

  async #open() {
    const sent = this.#now();
    const opened = await this.#call("windows", { folder: this.folder, mode: this.#mode() });
    this.window = opened.window;
    this.me = opened.me;
    this.#confirm(sent, opened.ttl);
    this.#draw(opened.picture);
    this.#attach();
  }

  /* Open a window in the place of one that is gone, unless that was done meanwhile. */
  async #reopen(gone = this.window) {
    if (this.window !== gone) return;
    const { wanted, cursor } = this;
    const owed = this.lock || this.away;
    this.#detach();
    const missed = await this.#missed(cursor);
    const forced = missed?.find((event) => event.kind === "lock.forced" && event.item === wanted);
    await this.#open();
    if (!wanted || !owed) return; // who only waited has clicked nothing
    if (forced || !missed) {
      this.lock = null;
      this.doubtful = this.away = false;
      this.#tell("onLost", { item: wanted, how: forced ? "forced" : "expired", by: forced?.actor, since: forced?.at });
    } else if (!(await this.#focus(wanted))) this.#lose();
  }

  /* Return what happened after a cursor; null where nobody can tell. */
  async #missed(cursor) {
    try {
      return cursor ? (await this.#call(`events?after=${encodeURIComponent(cursor)}`)).events : [];
    } catch (error) {
      if (error.code === "snapshot_required") return null;
      throw error;
    }
  }

  async #focus(item) {
    const sent = this.#now();
    try {
      const answer = await this.#pictured(() => this.#say("focus", { item }));
      this.away = false;
      if (!answer.lock) return false;
      this.#confirm(sent, answer.lock.ttl);
      this.#compare(answer.lock);
      return true;
    } catch (error) {
      this.away = ![400, 403, 404].includes(error.status);
      throw error;
    }
  }

  /* Repeat a focus that got no answer, or that was given up on the way into the back/forward cache. */
  async #regain() {
    if (!this.away || !this.wanted || this.lock || document.hidden) return;
    const held = await this.#focus(this.wanted).catch((error) => {
      if (this.away) throw error;
      return false;
    });
    if (!held) this.#lose();
  }

  #letGo(what, body) {
    const item = this.wanted;
    this.wanted = this.lock = null;
    this.doubtful = this.away = false;
    this.held = this.held.filter((one) => !one.own || one.item !== item); // the event may take its time
    return this.#inTurn(() => this.#say(what, body));
  }

  async #beat(mode) {
    const sent = this.#now();
    const answer = await this.#say("beat", { mode });
    this.#confirm(sent, answer.ttl);
    if (answer.lock && !this.wanted) return this.#say("blur"); // the server has not heard of it yet
    if (!answer.lock && this.lock) await this.#look(); // who has it is in the picture
    this.#compare(answer.lock);
  }

  #compare(lock) {
    const before = this.lock;
    if (lock && ![this.wanted, before?.item].includes(lock.item)) return; // let go of while the answer was on its way
    if (lock) {
      this.lock = { item: lock.item, token: lock.token };
      const news = before?.token !== lock.token || this.doubtful;
      this.doubtful = false;
      this.why = null;
      if (news) this.#tell("onHeld", this.lock);
    } else if (before) this.#lose();
  }

  #lose() {
    const item = this.lock?.item ?? this.wanted;
    const holder = this.held.find((one) => one.item === item);
    const how = !holder ? "expired" : holder.own ? "taken over" : "taken";
    this.lock = null;
    this.doubtful = false;
    this.#tell("onLost", { item, how, by: holder?.holder, since: holder?.since, ...this.why });
  }

  #confirm(sent, ttl) {
    if (this.#since(sent) < this.#since(this.confirmed)) this.confirmed = sent;
    this.ttl = ttl;
    clearTimeout(this.doubt);
    this.doubt = setTimeout(() => this.#doubt(), Math.max(0, ttl * Coworking.SURE - this.#since(this.confirmed)));
  }

  #doubt() {
    if (!this.lock || this.doubtful) return;
    this.doubtful = true;
    this.#tell("onLost", { item: this.lock.item, how: "silent" });
  }

  #now() {
    return { steady: performance.now(), wall: Date.now() };
  }

  #since(then) {
    return Math.max(performance.now() - then.steady, Date.now() - then.wall);
  }

  // ------------------------------------------------------------------ picture and events

  #look() {
    return this.#pictured(() => this.#call(`windows/${this.window}/picture`));
  }

  /* Draw the picture an answer brings; what happens while it is on its way is kept, and put into it. */
  async #pictured(ask) {
    this.pending = [];
    try {
      const answer = await ask();
      if (answer.picture) this.#draw(answer.picture);
      return answer;
    } finally {
      this.pending = null;
    }
  }

  #draw(picture) {
    this.held = picture.held;
    this.moved = picture.moved;
    this.cursor = picture.cursor;
    const later = this.pending ?? [];
    this.pending = null;
    later.forEach((event) => this.#fold(event));
    this.#tell("onPicture");
  }

  /* Put an event into the picture; return false for what only a new picture tells. */
  #fold(event) {
    const { kind, item, actor, at } = event;
    if (!actor || !["lock.acquired", "lock.released"].includes(kind)) return false;
    this.held = this.held.filter((one) => one.item !== item || one.holder?.id !== actor.id);
    if (kind === "lock.acquired") {
      this.held.push({ item, holder: actor, since: at, own: actor.id === this.me, asked_by: null });
      this.moved = this.moved.filter((note) => note.item !== item);
    }
    return true;
  }

  #happened(events, cursor) {
    let unclear = false;
    for (const event of events) {
      const key = JSON.stringify(event);
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      if (this.seen.size > 1000) this.seen.delete(this.seen.values().next().value);
      this.pending?.push(event);
      const folded = this.#fold(event);
      unclear ||= !folded && /^(lock|sight|group)[.]/.test(event.kind);
      if (event.item === this.wanted && event.kind === "lock.forced") {
        this.why = { how: "forced", by: event.actor, since: event.at };
      }
      this.#tell("onEvent", event);
    }
    if (cursor) this.cursor = cursor;
    const ours = [this.wanted, this.lock?.item];
    const concerned = events.some((event) => ours.includes(event.item) && event.kind.startsWith("lock."));
    if (unclear) this.#quietly(() => this.#look());
    if (concerned) this.#quietly(() => this.#beat(this.#mode()));
  }

  // ------------------------------------------------------------------ stream, and signs of life

  #attach() {
    if (document.hidden || this.stream || !globalThis.EventSource) return;
    const { window } = this;
    const stream = new EventSource(`${this.base}/windows/${window}/stream?after=${encodeURIComponent(this.cursor)}`);
    this.stream = stream;
    const on = (kind, answer) => stream.addEventListener(kind, (message) => {
      if (this.stream === stream) answer(JSON.parse(message.data), message.lastEventId);
    });
    on("beat", ({ ttl }) => {
      this.failures = 0;
      // The server beats before it tells, and a message in an unread socket is old: count from the one before.
      this.#confirm(this.told ?? this.#now(), ttl);
      this.told = this.#now();
      this.#listen(stream);
      this.#state("live");
    });
    on("events", (events, cursor) => this.#happened(events, cursor));
    on("anew", () => this.#quietly(() => this.#reopen(window)));
    stream.onerror = () => this.#drop(stream);
    this.#listen(stream);
  }

  /* A stream that says nothing for more than a beat is dead, whatever the socket says. */
  #listen(stream) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.#drop(stream), this.ttl * Coworking.SURE);
  }

  #drop(stream) {
    if (this.stream !== stream) return;
    this.#detach();
    const pause = Coworking.RETRY[Math.min(this.failures++, Coworking.RETRY.length - 1)] * (0.9 + 0.2 * Math.random());
    this.retryAt = performance.now() + pause;
    this.retry = setTimeout(() => this.#quietly(() => this.#pulse()), pause);
    this.#quietly(() => this.#pulse());
  }

  #detach() {
    this.stream?.close();
    this.stream = this.told = null;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
  }

  #mode() {
    return this.stream ? "attached" : document.hidden ? "hidden" : "visible";
  }

  async #pulse() {
    if (!this.window) return this.#reopen();
    await this.#beat(this.#mode());
    await this.#regain();
    if (this.stream) return;
    this.#state(document.hidden ? "hidden" : "polling");
    const { events, cursor } = await this.#call(`events?after=${encodeURIComponent(this.cursor)}`);
    this.#happened(events, cursor);
    if (performance.now() >= this.retryAt) this.#attach();
  }

  #again() {
    clearTimeout(this.next);
    const pause = this.ttl * Coworking.PACE[this.#mode()] * (0.9 + 0.2 * Math.random());
    this.next = setTimeout(() => this.#quietly(() => this.#pulse()), pause);
  }

  // ------------------------------------------------------------------ the life of the page

  #hide() {
    if (!this.window) return;
    this.#detach();
    this.#beacon("beat", { mode: "hidden" });
    this.#quietly(() => this.#pulse()); // beacons tell no answer, and so not how long a hidden window lasts
  }

  #return() {
    this.#quietly(async () => {
      if (!this.window) return this.#reopen();
      await this.#beat(this.#mode());
      await this.#look();
      await this.#regain();
      this.failures = this.retryAt = 0;
      this.#attach();
    });
  }

  #leave(persisted) {
    if (!this.window || this.ended) return;
    this.#detach();
    if (persisted) {
      const { lock } = this;
      this.#beacon("blur", {});
      this.#beacon("beat", { mode: "hidden" });
      this.lock = null;
      this.doubtful = false;
      this.away ||= Boolean(lock);
      if (lock) this.#tell("onLost", { item: lock.item, how: "silent" });
    } else {
      this.#beacon("close", {});
      this.ended = true;
    }
  }

  // ------------------------------------------------------------------ talking to the server

  async #call(path, body) {
    const how = body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {};
    const answer = await fetch(`${this.base}/${path}`, { ...how, signal: AbortSignal.timeout(8_000) });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(said.code ?? answer.statusText), { code: said.code, status: answer.status });
    return said;
  }

  #say(what, body = {}) {
    return this.#call(`windows/${this.window}/${what}`, body);
  }

  #beacon(what, body) {
    const url = `${this.base}/windows/${this.window}/${what}`;
    navigator.sendBeacon(url, new Blob([JSON.stringify(body)], { type: "application/json" }));
  }

  /* One after the other; a window that is gone is opened anew, and the call repeated. */
  #inTurn(work) {
    const done = this.turn.then(async () => {
      const before = this.window;
      try {
        return await work();
      } catch (error) {
        const anew = error.code === "window_gone" || error.code === "snapshot_required";
        if (!anew || this.ended) throw error;
        await this.#reopen(before);
        return work();
      }
    });
    this.turn = done.catch(() => {});
    return done;
  }

  /* Of itself: what fails is tried again later. */
  async #quietly(work) {
    if (this.ended) return;
    if (this.#since(this.confirmed) > this.ttl * Coworking.SURE) this.#doubt(); // a timer may have slept
    try {
      await this.#inTurn(work);
    } catch (error) {
      this.#state(error.status === 401 ? "signed out" : "offline");
      this.ended ||= error.status === 401;
      if (!error.status) this.#detach();
    }
    if (!this.ended) this.#again();
  }

  #state(state) {
    if (this.state === state) return;
    this.state = state;
    this.#tell("onState", state);
  }

  #tell(callback, ...facts) {
    this.callbacks[callback]?.(...facts, this);
  }
}
