import { describe, expect, it } from "vitest";

import type { Activity, ActivityEntry } from "../backend/bindings";
import { describeEntry, millisWords } from "./activity-words";
import { ActivityLog, inSight, MOST, ROW } from "./activity.svelte";

const event = (id: number): ActivityEntry => ({
  id,
  at: id,
  what: { type: "event", name: "offer-updated", offer: id },
});
const ids = (log: ActivityLog) => log.rows.map(({ entry }) => entry.id);

/** A table with entries 1 to `count`, read in pages of 200. */
function table(count: number) {
  return {
    activity: async (before: number | null) => {
      const last = before === null ? count : before - 1;
      return Array.from({ length: Math.min(200, last) }, (_, at) => event(last - at));
    },
  };
}

describe("the activity log", () => {
  it("reads on until there is nothing older", async () => {
    const log = new ActivityLog(table(450));
    log.toggle();
    await log.older();
    for (let turn = 0; turn < 5; turn++) await log.older();
    await Promise.resolve();
    for (let turn = 0; turn < 5; turn++) await log.older();
    expect(log.rows).toHaveLength(450);
    expect(log.complete).toBe(true);
    expect(ids(log).at(-1)).toBe(1);
  });

  it("puts what comes on top, and nothing twice", async () => {
    const log = new ActivityLog(table(3));
    log.open = true;
    await log.older();
    log.take([event(3), event(4), event(5)]);
    expect(ids(log)).toEqual([5, 4, 3, 2, 1]);
  });

  it("takes nothing while it is closed, and holds a bounded number", async () => {
    const log = new ActivityLog(table(0));
    log.take([event(1)]);
    expect(log.rows).toHaveLength(0);
    log.open = true;
    log.take(Array.from({ length: MOST + 50 }, (_, at) => event(at + 1)));
    expect(log.rows).toHaveLength(MOST);
    expect(ids(log)[0]).toBe(MOST + 50);
  });

  it("says why it could not be read, and reads when asked again", async () => {
    let broken = true;
    const log = new ActivityLog({
      activity: async () => {
        if (broken) throw { code: "storage", message: "The table cannot be read." };
        return [event(1)];
      },
    });
    log.open = true;
    await log.older();
    expect(log.failure).toBe("The table cannot be read.");
    broken = false;
    await log.older();
    expect([log.failure, log.rows.length]).toEqual([null, 1]);
  });
});

it("only the rows in sight, and a few beside them, are in the page", () => {
  expect(inSight(0, 10 * ROW, 5_000)).toEqual([0, 18]);
  expect(inSight(1_000 * ROW, 10 * ROW, 5_000)).toEqual([992, 1018]);
  expect(inSight(9_999 * ROW, 10 * ROW, 12)).toEqual([12, 12]);
});

describe("words for", () => {
  const request = { type: "request", method: "PATCH", path: "/a/", status: 200, millis: 84, error: null } as const;
  it.each<[string, Activity, string, string, boolean]>([
    ["a request", request, "PATCH /a/", "200 · 84 ms", false],
    [
      "a request without an answer",
      { ...request, status: null, millis: 30_000, error: "timed out" },
      "PATCH /a/",
      "no answer · 30 s · timed out",
      true,
    ],
    [
      "an event",
      { type: "event", name: "offer-deleted", offer: 7 },
      "An offer was deleted (offer 7)",
      "offer-deleted",
      false,
    ],
    ["an unknown event", { type: "event", name: "x", offer: null }, "x", "", false],
    ["a flood", { type: "events-skipped", count: 1 }, "1 more event in the same moment", "", false],
    ["the connection", { type: "connection", state: "offline", words: "No route" }, "Offline", "No route", true],
    [
      "a retry",
      { type: "retry", key: "1", title: "Spa", inMillis: 4_200, words: "503" },
      "Spa: again in 4.2 s",
      "503",
      true,
    ],
    ["a change", { type: "change", key: "1", title: "Spa", step: "sent", words: null }, "Spa: at the hotel", "", false],
    [
      "an offer that guests should not see, and do not",
      { type: "change", key: "1", title: "Spa", step: "no-longer-seen", words: null },
      "Spa: guests no longer see it",
      "",
      false,
    ],
    [
      "an offer that guests should not see, and do",
      { type: "change", key: "1", title: "Spa", step: "still-seen", words: null },
      "Spa: guests still see it",
      "",
      true,
    ],
  ])("%s", (_name, what, text, note, bad) => {
    expect(describeEntry(what)).toMatchObject({ text, note, bad });
  });

  it("times from milliseconds to minutes", () => {
    expect([7, 999, 1_500, 45_000, 180_000].map(millisWords)).toEqual(["7 ms", "999 ms", "1.5 s", "45 s", "3 min"]);
  });
});
