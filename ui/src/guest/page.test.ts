/** The page at work, on a server and a live line made of words. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Answer, Browser } from "./browser";
import type { Listener } from "./live";
import { GuestPage } from "./page.svelte";

const CONFIG = {
  api: "https://hotel.example/api",
  slug: "killarney",
  live: { key: "k", cluster: "eu" },
} as const;

const listed = (...ids: number[]): Answer => ({
  status: 200,
  body: { slug: "killarney", name: "Killarney", offers: ids.map((id) => ({ id, title: `Offer ${id}` })) },
});
const UNKNOWN: Answer = { status: 404, body: { detail: "Not found." } };
const PROXY: Answer = { status: 404, body: undefined };
const BROKEN: Answer = { status: 502, body: undefined };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page that was read, with live updates. */
async function open(first: Answer) {
  let answer = first;
  let line: Listener | null = null;
  const readings: number[] = [];
  const browser: Browser = {
    timer: {
      now: () => Date.now(),
      after: (milliseconds, work) => {
        const id = setTimeout(work, milliseconds);
        return () => clearTimeout(id);
      },
    },
    encrypted: true,
    get: () => {
      readings.push(Date.now());
      return Promise.resolve(answer);
    },
    connect: (_, __, listener) => {
      line = listener;
      return { retry: () => undefined, stop: () => undefined };
    },
    isSeen: () => true,
    onReturn: () => () => undefined,
    painted: () => Promise.resolve(),
  };
  const page = new GuestPage(CONFIG, browser);
  const hear = (name: string, data: unknown): void => line?.event(name, data);
  await vi.advanceTimersByTimeAsync(0);
  (line as Listener | null)?.subscribed();
  await vi.advanceTimersByTimeAsync(2_000);
  return {
    page,
    readings,
    hear,
    ids: () => page.offers.map((offer) => offer.id),
    answers: (next: Answer) => (answer = next),
    /** One reading with this answer, asked for by the server. */
    read: async (next: Answer) => {
      answer = next;
      const before = readings.length;
      hear("offers-updated", { action: "sync" });
      while (readings.length === before) await vi.advanceTimersByTimeAsync(100);
    },
  };
}

describe("a hotel that is no longer there", () => {
  it("is told at the second answer in a row that says so, and comes back when it does", async () => {
    const { page, ids, read, answers } = await open(listed(1, 2));
    await read(UNKNOWN);
    expect(page.state).toBe("shown");
    expect(ids()).toEqual([1, 2]);
    answers(UNKNOWN);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(page.state).toBe("unknown");
    expect(ids()).toEqual([]);
    expect(page.hotel).toBeNull();
    answers(listed(1, 2));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(page.state).toBe("shown");
    expect(ids()).toEqual([1, 2]);
  });

  it("is not what other failures say", async () => {
    const { page, ids, read } = await open(listed(1, 2));
    for (const answer of [UNKNOWN, BROKEN, UNKNOWN, PROXY, PROXY, PROXY, UNKNOWN, listed(1, 2), UNKNOWN]) {
      await read(answer);
      expect(page.state).toBe("shown");
      expect(ids()).toEqual([1, 2]);
    }
  });

  it("shows no offer that a late event tells of, before it is read again", async () => {
    const { page, ids, read, hear, answers } = await open(listed(1));
    await read(UNKNOWN);
    await read(UNKNOWN);
    hear("offer-created", { offer: { id: 9, title: "Late", is_active: true, sort_order: 0 } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(page.state).toBe("unknown");
    expect(ids()).toEqual([]);
    answers(listed(1, 9));
    hear("offer-updated", { offer: { id: 9, title: "Late", is_active: true, sort_order: 0 } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ids()).toEqual([1, 9]);
  });
});

it.each([0, 0.5, 0.999])(
  "an old copy of the page does not undo an event, and the page is read again a few times, at %f of every span",
  async (part) => {
    vi.spyOn(Math, "random").mockReturnValue(part);
    const { ids, hear, readings } = await open(listed(1, 2));
    const heard = Date.now();
    readings.length = 0;
    hear("offer-updated", { offer: { id: 2, title: "Offer 2", is_active: false } });
    hear("offers-updated", { action: "sync" });
    await vi.advanceTimersByTimeAsync(170_000);
    expect(ids()).toEqual([1]);
    // The last look while the event holds is 180 s after it at the latest, the next one at most one and a half times as long after that.
    await vi.advanceTimersByTimeAsync(285_000);
    expect(ids()).toEqual([1, 2]);
    const ages = readings.map((at) => at - heard).filter((age) => age < 230_000);
    expect(ages.length).toBeGreaterThan(2);
    expect(ages.length).toBeLessThan(8);
    const waits = ages.slice(1).map((age, at) => age - (ages[at] ?? 0));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(5_000);
  },
);
