import { describe, expect, it } from "vitest";

import { Look, plainLook, readLook } from "./look.svelte";

describe("the kept look", () => {
  it.each([null, "", "{", "7", "null", "[]", '{"view":"nonsense","layout":"cake","months":5,"sort":{"by":"colour"}}'])(
    "%j is a plain one",
    (text) => {
      expect(readLook(text)).toEqual(plainLook());
    },
  );

  it("keeps what is known of a half-known one", () => {
    expect(
      readLook('{"view":"ended","layout":"table","sort":{"by":"to","down":true},"byTag":false,"months":99}'),
    ).toEqual({ ...plainLook(), view: "ended", layout: "table", sort: { by: "to", down: true }, byTag: false });
  });
});

it("the next window looks as the last one was left", () => {
  const kept = new Map<string, string>();
  const keeper = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  };
  new Look(keeper).choose({ layout: "timeline", months: 24 });
  expect(new Look(keeper).now).toEqual({ ...plainLook(), layout: "timeline", months: 24 });
});

it("a storage that takes nothing costs only the memory", () => {
  const look = new Look({
    getItem: () => null,
    setItem: () => {
      throw new Error("full");
    },
  });
  look.choose({ layout: "table" });
  expect(look.now.layout).toBe("table");
});
