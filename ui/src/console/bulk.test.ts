import { describe, expect, it } from "vitest";

import type { ViewOffer } from "../backend/bindings";
import { offer } from "../../tests/offers";
import { Bulk } from "./bulk.svelte";
import { copyTitle, type Deed, deedWords, stepOf } from "./deeds";
import { Marks } from "./marks.svelte";

const christmas = { title: "Christmas", valid_from: "2026-12-18", valid_to: "2026-12-27" };

describe("what a deed does to one offer", () => {
  it.each<[Deed, ViewOffer, object]>([
    [{ what: "hide" }, offer(1), { do: "update", patch: { is_active: { before: true, after: false } } }],
    [{ what: "hide" }, offer(1, { is_active: false }), { do: "nothing", because: "hidden already" }],
    [{ what: "show" }, offer(1), { do: "nothing", because: "shown already" }],
    [{ what: "delete" }, offer(1), { do: "delete" }],
    [{ what: "move", days: 3 }, offer(1), { do: "nothing", because: "has no dates" }],
    [
      { what: "move", days: -18 },
      offer(1, christmas),
      {
        do: "update",
        patch: {
          valid_from: { before: "2026-12-18", after: "2026-11-30" },
          valid_to: { before: "2026-12-27", after: "2026-12-09" },
        },
      },
    ],
    [{ what: "duplicate" }, offer(1), { do: "create", fields: { title: "Offer 1 (copy)", is_active: false } }],
    // Friday 18 December 2026 to Sunday 27: a Friday and a Sunday again.
    [
      { what: "next-year" },
      offer(1, christmas),
      {
        do: "create",
        fields: { title: "Christmas", valid_from: "2027-12-17", valid_to: "2027-12-26", is_active: false },
      },
    ],
    [{ what: "next-year" }, offer(1), { do: "nothing", because: "has no dates" }],
  ])("%j to %j", (deed, given, step) => {
    expect(stepOf(given, deed)).toMatchObject(step);
  });

  it("keeps a copied title within what the server takes", () => {
    expect(copyTitle("x".repeat(200))).toHaveLength(200);
    expect(copyTitle("x".repeat(200)).endsWith("… (copy)")).toBe(true);
  });

  it("is said with its direction", () => {
    expect(deedWords({ what: "move", days: -1 }).done).toBe("moved 1 day earlier");
    expect(deedWords({ what: "move", days: 14 }).doing).toBe("Moving 14 days later");
  });
});

describe("doing it to many", () => {
  const offers = new Map([offer(1), offer(2, { is_active: false }), offer(3), offer(4)].map((one) => [one.key, one]));
  const get = (key: string) => offers.get(key);
  const wanted = (...ids: number[]) => ids.map((id) => offer(id));
  const commands = (updateOffer: (key: string) => Promise<void>) => ({
    updateOffer,
    deleteOffer: async () => undefined,
    createOffer: async () => "new:1",
    photoAgain: async () => null,
  });

  it("goes one after the other, and one that fails stops none of the others", async () => {
    let under = 0;
    const bulk = new Bulk(
      commands(async (key) => {
        expect(++under, "one at a time").toBe(1);
        await Promise.resolve();
        under--;
        if (key === "3") throw { code: "storage", message: "The disk is full.", fields: null, retryAfter: null };
      }),
      get,
    );
    await bulk.run({ what: "hide" }, wanted(1, 2, 3, 4, 5));
    expect(bulk.results.map(({ came, words }) => [came, words])).toEqual([
      ["done", ""],
      ["skipped", "hidden already"],
      ["failed", "The disk is full."],
      ["done", ""],
      ["skipped", "no longer there"],
    ]);
    expect(bulk.results.at(-1)?.title, "by the name it had").toBe("Offer 5");
    expect(bulk.summary()).toBe("2 of 5 hidden from guests, 2 left as they were, 1 failed");
  });

  it("finishes what is under way when it is stopped, and begins nothing more", async () => {
    const bulk: Bulk = new Bulk(
      commands(async () => bulk.stop()),
      get,
    );
    await bulk.run({ what: "hide" }, wanted(1, 3, 4));
    expect(bulk.summary()).toBe("1 of 3 hidden from guests, 2 not begun");
    expect(bulk.running).toBe(false);
  });

  it("leaves no result behind when the account goes, not even of what is under way", async () => {
    const bulk: Bulk = new Bulk(
      commands(async () => bulk.leave()),
      get,
    );
    await bulk.run({ what: "hide" }, wanted(1, 3, 4));
    expect([bulk.deed, bulk.results, bulk.running]).toEqual([null, [], false]);
  });

  it("leads to the copy it made", async () => {
    const bulk = new Bulk(
      commands(async () => undefined),
      get,
    );
    await bulk.run({ what: "duplicate" }, wanted(1));
    expect(bulk.results[0]).toMatchObject({ of: "1", key: "new:1" });
  });
});

describe("marks", () => {
  const list = [1, 2, 3, 4, 5].map((id) => offer(id));
  const marked = (marks: Marks) => [...marks.keys].sort().join(" ");

  it("extend from the last one touched, either way", () => {
    const marks = new Marks();
    marks.toggle("4");
    marks.extend("2", list, null);
    expect(marked(marks)).toBe("2 3 4");
    marks.extend("5", list, null);
    expect(marked(marks)).toBe("2 3 4 5");
  });

  it("extend from the selected offer when none was touched, and from nothing to one", () => {
    const marks = new Marks();
    marks.extend("3", list, "2");
    expect(marked(marks)).toBe("2 3");
    const other = new Marks();
    other.extend("3", list, null);
    expect(marked(other)).toBe("3");
  });

  it("of the whole list come and go together", () => {
    const marks = new Marks();
    marks.all(list);
    expect(marks.size).toBe(5);
    marks.all(list);
    expect(marks.size).toBe(0);
  });

  it("follow an offer to its id and go with it", () => {
    const marks = new Marks();
    marks.toggle("new:1");
    marks.renamed("new:1", "9");
    expect(marked(marks)).toBe("9");
    marks.unmark("9");
    expect(marks.size).toBe(0);
  });
});
