import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { newFields } from "./draft";
import { DELAY_MS, DraftKeeper, type Unsaved } from "./keeper";

const text = (title: string, key: string | null = "1"): Unsaved => ({
  key,
  base: newFields(),
  fields: { ...newFields(), title },
  photo: null,
  unreadable: {},
});

function keeping(adopted: { id: string } | null = null) {
  const said: string[] = [];
  const waits: (() => void)[] = [];
  let now: Unsaved | null = null;
  let slow = false;
  const answer = () => (slow ? new Promise<void>((resolve) => waits.push(resolve)) : Promise.resolve());
  const ids = new Set<string>();
  const keeper = new DraftKeeper(
    {
      backend: {
        saveDraft: ({ id, key, fields }) => (ids.add(id), said.push(`save ${key} ${fields.title}`), answer()),
        dropDraft: (id) => (ids.add(id), said.push("drop"), answer()),
      },
      unsaved: () => now,
      failed: (error) => said.push(String(error)),
    },
    adopted,
  );
  return {
    keeper,
    said,
    ids,
    type: (unsaved: Unsaved | null) => {
      now = unsaved;
      keeper.touch();
    },
    hold: () => (slow = true),
    answer: () => waits.shift()?.(),
  };
}

describe("the text of an editor", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is kept while somebody goes on typing, not only after", async () => {
    const { said, type } = keeping();
    for (const title of ["S", "Sp", "Spa", "Spa d", "Spa da", "Spa day"]) {
      type(text(title));
      await vi.advanceTimersByTimeAsync(DELAY_MS / 2);
    }
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(said).toEqual(["save 1 Sp", "save 1 Spa d", "save 1 Spa day"]);
  });

  it("is kept at once, with the last letter, when the window goes", () => {
    const { keeper, said, type } = keeping();
    type(text("Spa day"));
    keeper.flush();
    expect(said).toEqual(["save 1 Spa day"]);
    keeper.flush();
    expect(said, "once").toHaveLength(1);
  });

  it("is dropped when it is back where it began, and when it is given up", async () => {
    const { keeper, said, type } = keeping();
    type(text("Spa"));
    keeper.flush();
    type(null);
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(said).toEqual(["save 1 Spa", "drop"]);
    type(text("Spa"));
    keeper.giveUp();
    await vi.advanceTimersByTimeAsync(DELAY_MS);
    expect(said, "what never was kept needs no drop").toHaveLength(2);
  });

  it("is neither kept nor dropped once somebody else may sit here", async () => {
    const { keeper, said, type } = keeping();
    type(text("Spa"));
    keeper.flush();
    type(text("Spa day"));
    keeper.leave();
    await vi.advanceTimersByTimeAsync(2 * DELAY_MS);
    keeper.flush();
    expect(said).toEqual(["save 1 Spa"]);
  });

  it("is not dropped before the save under way is through, and not saved before the drop is", async () => {
    const { keeper, said, type, hold, answer } = keeping();
    hold();
    type(text("Spa"));
    keeper.flush();
    keeper.giveUp();
    type(text("Golf"));
    keeper.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save 1 Spa"]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save 1 Spa", "drop"]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save 1 Spa", "drop", "save 1 Golf"]);
  });

  it("of a new offer stays the same draft once there is one", async () => {
    const { keeper, said, ids, type } = keeping();
    type(text("Spa", null));
    keeper.flush();
    type(text("Spa day", "new:a"));
    keeper.flush();
    keeper.giveUp();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save null Spa", "save new:a Spa day", "drop"]);
    expect(ids.size).toBe(1);
  });

  it("is a draft of its own, also where two editors are about the same offer", () => {
    const [one, other] = [keeping(), keeping()];
    for (const { keeper, type } of [one, other]) {
      type(text("Spa", null));
      keeper.flush();
    }
    expect(new Set([...one.ids, ...other.ids]).size).toBe(2);
  });

  it("of an earlier run stays that draft, and goes when it is given up untouched", async () => {
    const { keeper, said, ids, type } = keeping({ id: "earlier" });
    type(text("Spa", null));
    keeper.flush();
    keeper.giveUp();
    await vi.advanceTimersByTimeAsync(0);
    expect([said, [...ids]]).toEqual([["save null Spa", "drop"], ["earlier"]]);
    const untouched = keeping({ id: "earlier" });
    untouched.keeper.giveUp();
    await vi.advanceTimersByTimeAsync(0);
    expect([untouched.said, [...untouched.ids]]).toEqual([["drop"], ["earlier"]]);
  });
});
