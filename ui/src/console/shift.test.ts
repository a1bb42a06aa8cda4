import { describe, expect, it, vi } from "vitest";

import type { OfferFields, OfferPatch, ViewOffer } from "../backend/bindings";
import { DateShift } from "./shift.svelte";

/** A desk with one offer, in December, whose engine answers when the test says so. */
function desk() {
  const fields = { valid_from: "2026-12-10", valid_to: "2026-12-20" } as OfferFields;
  let shown = { key: "1", fields } as ViewOffer;
  const patches: OfferPatch[] = [];
  const answers: (() => void)[] = [];
  const shift = new DateShift({
    backend: {
      updateOffer: (_key, patch) => {
        patches.push(patch);
        return new Promise<void>((done) => answers.push(done)) as never;
      },
    },
    locale: "en-GB",
    store: { announcement: "" },
    run: async (command) => void (await command()),
  });
  return {
    shift,
    patches,
    offer: () => shown,
    /** The engine shows an edit before it answers the command. */
    show: (dates: Partial<OfferFields>) => (shown = { ...shown, fields: { ...shown.fields, ...dates } }),
    answer: async () => {
      answers.splice(0).forEach((done) => done());
      await vi.waitFor(() => expect(shift.moving).toBeNull());
    },
  };
}

describe("dates on the move", () => {
  it("are counted from where a drag began, whoever looks away meanwhile", () => {
    const { shift, patches, offer, show } = desk();
    shift.drag(offer(), "end", 6);
    shift.settle();
    expect(patches, "a hand still holds it").toEqual([]);
    show({ valid_to: "2026-12-25" });
    shift.drag(offer(), "end", 10);
    void shift.commit();
    expect(patches).toEqual([{ valid_to: { before: "2026-12-20", after: "2026-12-30" } }]);
  });

  it("go on from where the last steps left them, although those are not answered yet", async () => {
    const { shift, patches, offer, show, answer } = desk();
    shift.nudge(offer(), "end", 1);
    shift.settle();
    show({ valid_to: "2026-12-21" });
    shift.nudge(offer(), "end", 1);
    expect(shift.of(offer()).valid_to).toBe("2026-12-22");
    shift.settle();
    await answer();
    expect(patches).toEqual([
      { valid_to: { before: "2026-12-20", after: "2026-12-21" } },
      { valid_to: { before: "2026-12-21", after: "2026-12-22" } },
    ]);
  });

  it("keep the last day when the first is moved right after it", async () => {
    const { shift, patches, offer, answer } = desk();
    shift.nudge(offer(), "end", 2);
    shift.nudge(offer(), "start", -1);
    expect(shift.of(offer())).toEqual({ valid_from: "2026-12-09", valid_to: "2026-12-22" });
    shift.settle();
    await answer();
    expect(patches).toEqual([
      { valid_to: { before: "2026-12-20", after: "2026-12-22" } },
      { valid_from: { before: "2026-12-10", after: "2026-12-09" } },
    ]);
  });

  it("begin a drag where steps by keys have brought them", () => {
    const { shift, patches, offer } = desk();
    shift.nudge(offer(), "whole", 3);
    shift.drag(offer(), "whole", 2);
    void shift.commit();
    expect(patches.at(-1)).toEqual({
      valid_from: { before: "2026-12-13", after: "2026-12-15" },
      valid_to: { before: "2026-12-23", after: "2026-12-25" },
    });
  });
});
