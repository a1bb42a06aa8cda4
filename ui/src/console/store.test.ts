import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { offer } from "../../tests/offers";
import type { Backend } from "../backend/backend";
import type { Batch, Notice, Session, Snapshot, ViewChange } from "../backend/bindings";
import { Store } from "./store.svelte";
import { inView, type ViewName } from "./views";

const settings = { timeZone: null, alerts: { needsYou: true, ending: true, others: false } };
const connection = { state: "live", retryAt: null, lastSynced: 1, waiting: 0, message: null, storage: null } as const;

function feed() {
  let send: (batch: Batch) => void = () => expect.unreachable("no subscription yet");
  const answers: ((snapshot: Snapshot) => void)[] = [];
  const backend = {
    windowLabel: "w",
    offer: null,
    subscribe: (onBatch: (batch: Batch) => void) => {
      send = onBatch;
      return Promise.resolve(() => undefined);
    },
    snapshot: () => new Promise<Snapshot>((resolve) => answers.push(resolve)),
  } as Partial<Backend> as Backend;
  const followed: ViewChange[] = [];
  const whose: { session: Session } = { session: { state: "signed-out" } };
  return {
    whose,
    /** Numbers of the notices told so far, and what they lead to. */
    told: () => followed.flatMap((change) => (change.type === "notice" ? [[change.notice.id, change.notice.key]] : [])),
    store: new Store(backend, (change) => followed.push(change)),
    followed,
    send: (seq: number, ...changes: ViewChange[]) => send({ seq, changes }),
    reads: () => answers.length,
    answer: async (seq: number, ...offers: Snapshot["offers"]) => {
      await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0));
      answers.shift()?.({ seq, ...whose, connection, settings, today: "2026-11-22", offers });
      await new Promise((done) => setTimeout(done));
    },
  };
}

const show = (id: number, title = `Offer ${id}`, remote = false): ViewChange => ({
  type: "offer",
  offer: offer(id, { title }),
  remote,
});

const notice = (id: number, kind: Notice["kind"] = "replaced"): ViewChange => ({
  type: "notice",
  notice: { id, kind, title: "Spa", key: "1", by: "elsewhere", origin: null, replaced: [] },
});
const account = (username: string): Session => ({
  state: "signed-in",
  account: { username, hotelName: "Hotel Killarney", hotelSlug: "killarney", apiUrl: "https://hotel.example/api" },
  demo: false,
  tokenKept: "keyring",
});

describe("the store", () => {
  let hotel: ReturnType<typeof feed>;
  const titles = () => hotel.store.offers.map((one) => one.fields.title);

  beforeEach(() => {
    hotel = feed();
    void hotel.store.start();
  });

  it("applies batches that came between subscription and snapshot, and only those newer than it", async () => {
    await vi.waitFor(() => expect(hotel.reads()).toBe(1));
    hotel.send(4, show(1, "older than the snapshot"));
    hotel.send(6, show(2, "newer"));
    await hotel.answer(5, offer(1, { title: "in the snapshot" }));
    expect(titles().sort()).toEqual(["in the snapshot", "newer"]);
  });

  it("reads again when a number is missing, and loses nothing that came meanwhile", async () => {
    await hotel.answer(1, offer(1));
    hotel.send(3, show(3));
    await vi.waitFor(() => expect(hotel.reads()).toBe(1));
    hotel.send(4, show(4));
    await hotel.answer(3, offer(1), offer(2), offer(3));
    expect(hotel.store.offers.map((one) => one.id).sort()).toEqual([1, 2, 3, 4]);
    hotel.send(5, { type: "removed", key: "1" });
    expect(hotel.reads(), "in step again").toBe(0);
    expect(hotel.store.get("1")).toBeUndefined();
  });

  it("reads again on a reset", async () => {
    await hotel.answer(1, offer(1));
    hotel.send(2, { type: "reset" });
    await hotel.answer(2);
    expect(titles()).toEqual([]);
  });

  it("tells the notices of a batch that says to read again, once it has read", async () => {
    await hotel.answer(1, offer(1));
    hotel.send(2, notice(1), { type: "reset" }, notice(2, "created"));
    await vi.waitFor(() => expect(hotel.reads()).toBe(1));
    expect(hotel.told()).toEqual([]);
    await hotel.answer(2, offer(1));
    expect(hotel.followed.map(({ type }) => type)).toEqual(["reset", "reset", "notice", "notice"]);
    expect(hotel.told()).toEqual([
      [1, "1"],
      [2, "1"],
    ]);
    hotel.send(3, { type: "reset" });
    await hotel.answer(3, offer(1));
    expect(hotel.told(), "once").toHaveLength(2);
  });

  it("tells of an account that is gone only what its own changes replaced, which leads nowhere", async () => {
    hotel.whose.session = account("anna");
    await hotel.answer(1, offer(1));
    hotel.whose.session = account("bela");
    hotel.send(2, notice(1), notice(2, "created"), { type: "reset" }, notice(3, "created"));
    await hotel.answer(2, offer(1));
    expect(hotel.told()).toEqual([
      [1, null],
      [3, "1"],
    ]);
  });

  it("tells the notices of batches that a snapshot has overtaken, whichever comes first", async () => {
    await vi.waitFor(() => expect(hotel.reads()).toBe(1));
    hotel.send(2, notice(1));
    await hotel.answer(3, offer(1));
    expect(hotel.told()).toEqual([[1, "1"]]);
    hotel.send(3, show(1, "older than the snapshot"), notice(2));
    expect(hotel.told().at(-1)).toEqual([2, "1"]);
    expect(titles()).toEqual(["Offer 1"]);
  });

  it("does not read for ever when the numbers never meet", async () => {
    await hotel.answer(1);
    hotel.send(9, show(1));
    await hotel.answer(1);
    await hotel.answer(1);
    await hotel.answer(1);
    expect(hotel.reads()).toBe(0);
    expect(titles()).toEqual(["Offer 1"]);
  });

  it("says why when the snapshot cannot be read, and can be asked again", async () => {
    const failing = { ...feed(), fail: true };
    const store = new Store({
      subscribe: () => Promise.resolve(() => undefined),
      snapshot: () =>
        failing.fail
          ? Promise.reject({ code: "storage", message: "The disk is full.", fields: null, retryAfter: null })
          : Promise.resolve({ seq: 1, session: { state: "signed-out" }, connection, offers: [] }),
    } as Partial<Backend> as Backend);
    await store.start();
    expect(store.failure?.message).toBe("The disk is full.");
    failing.fail = false;
    await store.start();
    expect(store.failure).toBeNull();
    expect(store.session).toEqual({ state: "signed-out" });
  });

  it("keeps the server's order: place, then newest first, the ones not yet dated on top", async () => {
    const fresh = offer(9, { title: "fresh" }, { key: "new:1", id: null, createdAt: null });
    await hotel.answer(
      1,
      offer(1, { title: "old" }, { createdAt: "2026-01-01T00:00:00Z" }),
      offer(2, { title: "young" }, { createdAt: "2026-02-01T00:00:00Z" }),
      offer(3, { title: "last", sort_order: 5 }),
      fresh,
    );
    expect(titles()).toEqual(["fresh", "young", "old", "last"]);
    hotel.send(2, { type: "offer", offer: offer(2, { title: "moved", sort_order: 9 }), remote: false });
    expect(titles()).toEqual(["fresh", "old", "last", "moved"]);
  });

  it("knows an offer by both names after it got its id, and keeps its identity on screen", async () => {
    await hotel.answer(1, offer(9, {}, { key: "new:a", id: null, createdAt: null }));
    hotel.send(2, { type: "renamed", from: "new:a", to: "9" }, show(9));
    expect(hotel.store.get("new:a")?.key).toBe("9");
    expect(hotel.store.offers).toHaveLength(1);
    expect(hotel.store.identity("9")).toBe("new:a");
  });

  it("leaves untouched offers the same objects, and counts every view as it would from scratch", async () => {
    const many = Array.from({ length: 10_000 }, (_, id) =>
      offer(id, { sort_order: id % 7 }, { sync: id % 5 ? "synced" : "waiting" }),
    );
    await hotel.answer(1, ...many);
    const before = new Map(hotel.store.offers.map((one) => [one.key, one]));
    const start = performance.now();
    for (let seq = 2; seq < 102; seq++) hotel.send(seq, show(seq * 7, "changed"));
    const each = (performance.now() - start) / 100;

    const changed = hotel.store.offers.filter((one) => before.get(one.key) !== one);
    expect(changed).toHaveLength(100);
    for (const view of ["all", "live", "waiting", "hidden"] as ViewName[]) {
      expect(hotel.store.counts[view], view).toBe(hotel.store.offers.filter((one) => inView(one, view)).length);
    }
    // Generous: a slow machine under load. A full sort of all offers per batch would not pass.
    expect(each).toBeLessThan(8);
  });

  describe("of what changed elsewhere", () => {
    beforeEach(async () => {
      vi.useFakeTimers();
      const answered = hotel.answer(1, offer(1), offer(2));
      await vi.runAllTimersAsync();
      await answered;
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it("marks it for a moment, and says it to screen readers", () => {
      hotel.send(2, show(1, "Spa", true));
      expect(hotel.store.glowing.has("1")).toBe(true);
      vi.advanceTimersByTime(1_000);
      expect(hotel.store.announcement).toBe("Changed elsewhere: Spa");
      vi.advanceTimersByTime(1_000);
      expect(hotel.store.glowing.has("1")).toBe(false);
    });

    it("marks each change whole: an earlier one does not end the mark of a later one", () => {
      hotel.send(2, show(1, "Spa", true));
      vi.advanceTimersByTime(1_000);
      hotel.send(3, show(1, "Spa day", true));
      vi.advanceTimersByTime(700);
      hotel.send(4, show(1, "Spa days", true));
      vi.advanceTimersByTime(1_000);
      expect(hotel.store.glowing.has("1")).toBe(true);
      vi.advanceTimersByTime(1_000);
      expect(hotel.store.glowing.has("1")).toBe(false);
    });

    it("says what comes within a moment once, and counts offers and not changes", () => {
      const said: string[] = [];
      for (let seq = 2; seq < 42; seq += 1) {
        hotel.send(seq, show(seq % 2 ? 1 : 2, `Spa ${seq}`, true));
        vi.advanceTimersByTime(10);
        if (said.at(-1) !== hotel.store.announcement) said.push(hotel.store.announcement);
      }
      vi.advanceTimersByTime(1_000);
      expect([...said, hotel.store.announcement]).toEqual(["", "2 offers changed elsewhere"]);
    });
  });
});
