import { describe, expect, it, vi } from "vitest";

import type { OfferVersion, ViewOffer } from "../backend/bindings";
import { offer } from "../../tests/offers";
import { Handover } from "./handover.svelte";
import { changeWords, markOf, readMark, since, writeMark } from "./handover";

const keys = (offers: ViewOffer[]) => offers.map(({ key }) => key);
const MINUTE = 60_000;

describe("what is different since then", () => {
  const before = [offer(1), offer(2), offer(3), offer(4, { is_active: false }), offer(5, { sort_order: 1 })];
  const mark = readMark(writeMark(markOf([...before, offer(6), offer(7, {}, { key: "new:x", id: null })], 1_000)));

  it("is found after the memory was written and read", () => {
    if (!mark) throw new Error("the mark cannot be read");
    const found = since(mark, [
      offer(1),
      offer(2, { title: "Another title" }),
      offer(3, { is_active: false }),
      offer(4, { is_active: true }),
      offer(5, { sort_order: 9 }),
      offer(8),
    ]);
    expect(mark.at).toBe(1_000);
    expect(keys(found.changed)).toEqual(["2"]);
    expect(keys(found.hidden)).toEqual(["3"]);
    expect(keys(found.shown)).toEqual(["4"]);
    expect(keys(found.created)).toEqual(["8"]);
    expect(found.gone).toEqual(["6"]);
  });

  it("includes another photo", () => {
    const found = since(markOf([offer(1)], 0), [offer(1, {}, { photo: { hash: "p" } })]);
    expect(keys(found.changed)).toEqual(["1"]);
    const exchanged = since(markOf([offer(1, {}, { photo: { hash: "p" } })], 0), [
      offer(1, {}, { photo: { hash: "q" } }),
    ]);
    expect(keys(exchanged.changed)).toEqual(["1"]);
  });

  it("is not a photo that has only come since, or is on its way", () => {
    const known = offer(1, {}, { photo: { hash: "p" } });
    const awaited = offer(1, {}, { photo: { hash: null } });
    for (const [then, now] of [
      [awaited, known],
      [known, awaited],
    ] as const) {
      expect(since(markOf([then], 0), [now]).changed).toEqual([]);
    }
  });
});

it.each([null, "", "{", "7", "[1]", '["then",[]]', '[1,[["1",2,0]]]'])("a memory of %j is none", (text) => {
  expect(readMark(text)).toBeNull();
});

it("says which fields changed since, and who did it", () => {
  const version = (
    seenAt: number,
    field: "title" | "valid_to" | "is_active",
    from: "elsewhere" | "this-computer",
  ): OfferVersion => ({
    id: seenAt,
    key: "1",
    seenAt,
    origin: from === "elsewhere" ? { from } : { from, window: null },
    fields: offer(1).fields,
    photo: null,
    isDeletion: false,
    changes: [{ field, before: "a", after: "b" }],
    photoChanged: false,
  });
  const versions = [
    version(30, "valid_to", "elsewhere"),
    version(20, "title", "elsewhere"),
    version(5, "title", "this-computer"),
  ];
  expect(changeWords(versions, 10)).toBe("To, title · elsewhere");
  expect(changeWords(versions, 1)).toBe("To, title · here and elsewhere");
  // Under “Hidden from guests” nobody has to read that this is what was changed.
  expect(changeWords([version(30, "is_active", "elsewhere")], 10)).toBe("elsewhere");
  expect(changeWords(versions, 40)).toBe("");
});

describe("being here", () => {
  const account = { username: "u", hotelName: "H", hotelSlug: "h", apiUrl: "a" };
  const backend = { deletedOffers: async () => [], offerHistory: async () => [] };

  function desk() {
    const kept = new Map<string, string>();
    const world = { now: 0, offers: [offer(1)] as ViewOffer[] };
    const keeper = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, text: string) => void kept.set(name, text),
    };
    const open = () => {
      const handover = new Handover({ backend, keeper, now: () => world.now, offers: () => world.offers });
      handover.begin(account);
      return handover;
    };
    return { world, open };
  }

  it("tells the next run what is different since the last key of this one", () => {
    const { world, open } = desk();
    const first = open();
    expect(first.mark, "nobody was here before").toBeNull();
    first.present();
    world.offers = [offer(1), offer(2)];
    first.keep();
    const second = open();
    expect(second.count, "what came after the last key was not seen").toBe(1);
  });

  it("is kept while somebody works, so that a crash takes a minute of it at most", () => {
    vi.useFakeTimers();
    const { world, open } = desk();
    const first = open();
    first.present();
    vi.advanceTimersByTime(1_000);
    world.offers = [offer(1), offer(2)];
    expect(open().count).toBe(1);
    first.present();
    vi.advanceTimersByTime(MINUTE);
    expect(open().count).toBe(0);
    vi.useRealTimers();
  });

  it("tells who comes back after half an hour, and not who was reading", () => {
    const { world, open } = desk();
    const handover = open();
    handover.present();
    world.now = 20 * MINUTE;
    handover.present();
    world.offers = [offer(1, { title: "Changed" })];
    world.now = 45 * MINUTE;
    handover.present();
    expect(handover.mark, "25 minutes are reading").toBeNull();
    world.now = 90 * MINUTE;
    world.offers = [...world.offers, offer(2)];
    handover.present();
    expect(handover.mark?.at).toBe(45 * MINUTE);
  });

  it("does not tell what this computer did itself", () => {
    const { world, open } = desk();
    const first = open();
    first.present();
    first.keep();
    const second = open();
    const mine = offer(1, { title: "My title" });
    world.offers = [mine];
    expect(second.count).toBe(1);
    second.known("1", mine);
    expect(second.count).toBe(0);
    world.offers = [];
    second.known("1", null);
    expect(second.count).toBe(0);
  });

  it.each([
    ["an edit", offer(1, { title: "My title" })],
    ["a deletion", null],
    ["a new offer", offer(2)],
  ])("does not tell what the last key did: %s", (_, mine) => {
    const { world, open } = desk();
    const first = open();
    first.present();
    // The window is told after the key, and closed by its title bar.
    const key = mine?.key ?? "1";
    world.offers = [...world.offers.filter((one) => one.key !== key), ...(mine ? [mine] : [])];
    first.known(key, mine);
    first.keep();
    expect(open().count, "at the next start").toBe(0);
    world.now = 60 * MINUTE;
    first.present();
    expect(first.mark?.at).toBe(0);
    expect(first.count, "to who comes back").toBe(0);
  });

  it("tells what others did to it after that", () => {
    const { world, open } = desk();
    const first = open();
    first.present();
    const mine = offer(1, { title: "My title" });
    first.known("1", mine);
    world.offers = [offer(1, { title: "Their title" })];
    first.keep();
    expect(open().count).toBe(1);
  });

  it("keeps the memory of a run in which nobody was here", () => {
    const { world, open } = desk();
    const first = open();
    first.present();
    first.keep();
    world.offers = [offer(1), offer(2)];
    open().keep();
    expect(open().count).toBe(1);
  });
});
