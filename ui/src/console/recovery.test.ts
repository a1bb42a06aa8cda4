import { describe, expect, it } from "vitest";

import type { Draft } from "../backend/bindings";
import { offer } from "../../tests/offers";
import { newFields } from "./draft";
import { Recovery } from "./recovery";

const draft = (key: string | null): Draft => ({
  id: `of ${key}`,
  key,
  base: newFields(),
  fields: newFields(),
  photo: null,
  unreadable: {},
  savedAt: 1,
});

function recovering(keys: (string | null)[], isFirstWindow = true) {
  const there = new Set(["1", "2", "9"]);
  let reads = 0;
  const recovery = new Recovery(
    {
      isFirstWindow,
      drafts: async () => {
        reads++;
        return keys.map(draft);
      },
    },
    {
      get: (key) => (key !== null && there.has(key) ? offer(Number(key)) : undefined),
      currentKey: (key) => (key === "new:a" ? "9" : key),
    },
  );
  return { recovery, reads: () => reads };
}

/** The engine takes its time with each answer. */
function slowly() {
  const answers: ((drafts: Draft[]) => void)[] = [];
  const recovery = new Recovery(
    { isFirstWindow: true, drafts: () => new Promise<Draft[]>((resolve) => answers.push(resolve)) },
    { get: (key) => offer(Number(key)), currentKey: (key) => key },
  );
  return { recovery, answer: (at: number, keys: string[]) => answers[at]?.(keys.map(draft)) };
}

describe("text of an earlier run", () => {
  it("is read once, and again after somebody else signed in", async () => {
    const { recovery, reads } = recovering(["2", "1"]);
    expect(await recovery.begin()).toBe(true);
    expect(recovery.takeNewest()?.key).toBe("2");
    expect(await recovery.begin()).toBe(false);
    recovery.end();
    await recovery.begin();
    expect(reads()).toBe(2);
  });

  it("is left to the first window of a run", async () => {
    const { recovery, reads } = recovering(["1"], false);
    expect([await recovery.begin(), reads()]).toEqual([false, 0]);
  });

  it("comes with its offer, once, by whatever name the offer has now", async () => {
    const { recovery } = recovering(["new:a", "1", "new:a", null]);
    await recovery.begin();
    expect(recovery.takeNewest()?.key).toBe("new:a");
    expect(recovery.take("9")?.key).toBe("new:a");
    expect(recovery.take("9")).toBeNull();
    expect(recovery.take(null)?.key).toBeNull();
    expect(recovery.take("2")).toBeNull();
  });

  it("without an offer comes up by itself, and the others wait for theirs", async () => {
    const { recovery } = recovering(["1", "77", null]);
    await recovery.begin();
    expect(recovery.takeOrphan()?.key).toBe("77");
    expect(recovery.takeOrphan()).toBeNull();
  });

  it("read for somebody who signed out meanwhile is not shown", async () => {
    const { recovery } = recovering(["1"]);
    const reading = recovery.begin();
    recovery.end();
    expect(await reading).toBe(false);
    expect(recovery.take("1")).toBeNull();
  });

  it("read for one account is not shown to the next, whichever is read first", async () => {
    const { recovery, answer } = slowly();
    const first = recovery.begin();
    recovery.end();
    const second = recovery.begin();
    answer(1, ["2"]);
    expect(await second).toBe(true);
    answer(0, ["1"]);
    expect(await first).toBe(false);
    expect(recovery.takeNewest()?.key).toBe("2");
  });
});
