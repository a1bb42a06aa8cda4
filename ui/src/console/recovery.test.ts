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

describe("text that no window shows", () => {
  it("begins with the newest, once, and again after somebody else signed in", async () => {
    const { recovery, reads } = recovering(["2", "1"]);
    expect((await recovery.newest())?.key).toBe("2");
    expect(await recovery.newest()).toBeNull();
    recovery.end();
    expect((await recovery.newest())?.key).toBe("2");
    expect(reads()).toBe(2);
  });

  it("opens by itself in the first window of a run only", async () => {
    const { recovery, reads } = recovering(["1"], false);
    expect([await recovery.newest(), reads()]).toEqual([null, 0]);
    expect((await recovery.about("1"))?.key).toBe("1");
  });

  it("comes with its offer, by whatever name the offer has now", async () => {
    const { recovery } = recovering(["new:a", "1", null]);
    expect((await recovery.about("9"))?.key).toBe("new:a");
    expect((await recovery.about("new:a"))?.key).toBe("new:a");
    expect((await recovery.about(null))?.id).toBe("of null");
    expect(await recovery.about("2")).toBeNull();
  });

  it("without an offer comes up by itself, and the others wait for theirs", async () => {
    expect((await recovering(["1", "77", null]).recovery.orphan())?.key).toBe("77");
    expect(await recovering(["1", null]).recovery.orphan()).toBeNull();
  });

  it("read for somebody who signed out meanwhile is not shown", async () => {
    const { recovery } = recovering(["1"]);
    const readings = [recovery.newest(), recovery.about("1")];
    recovery.end();
    expect(await Promise.all(readings)).toEqual([null, null]);
  });

  it("read for one account is not shown to the next, whichever is read first", async () => {
    const { recovery, answer } = slowly();
    const first = recovery.newest();
    recovery.end();
    const second = recovery.newest();
    answer(1, ["2"]);
    expect((await second)?.key).toBe("2");
    answer(0, ["1"]);
    expect(await first).toBeNull();
  });
});
