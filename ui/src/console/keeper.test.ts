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

function keeping() {
  const said: string[] = [];
  const waits: (() => void)[] = [];
  let now: Unsaved | null = null;
  let slow = false;
  const answer = () => (slow ? new Promise<void>((resolve) => waits.push(resolve)) : Promise.resolve());
  const keeper = new DraftKeeper({
    backend: {
      saveDraft: ({ key, fields }) => (said.push(`save ${key} ${fields.title}`), answer()),
      dropDraft: (key) => (said.push(`drop ${key}`), answer()),
    },
    unsaved: () => now,
    currentKey: (key) => (key === "new:a" ? "9" : key),
    failed: (error) => said.push(String(error)),
  });
  return {
    keeper,
    said,
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
    expect(said).toEqual(["save 1 Spa", "drop 1"]);
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
    expect(said).toEqual(["save 1 Spa", "drop 1"]);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save 1 Spa", "drop 1", "save 1 Golf"]);
  });

  it("of a new offer moves to the offer once there is one", async () => {
    const { keeper, said, type } = keeping();
    type(text("Spa", null));
    keeper.flush();
    type(text("Spa day", "new:a"));
    keeper.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(said).toEqual(["save null Spa", "drop null", "save new:a Spa day"]);
    keeper.giveUp();
    await vi.advanceTimersByTimeAsync(0);
    expect(said.at(-1), "by the name it has by now").toBe("drop 9");
  });
});
