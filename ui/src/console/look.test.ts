import { describe, expect, it } from "vitest";

import { Look, nextZoom, plainLook, readLook, zooms } from "./look.svelte";

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

it("everything grows and shrinks in steps, up to twice its size, and ends there", () => {
  const up = [plainLook().zoom];
  while (nextZoom(up.at(-1) ?? 0, 1) !== up.at(-1)) up.push(nextZoom(up.at(-1) ?? 0, 1));
  expect(up).toEqual([100, 110, 125, 150, 175, 200]);
  expect(nextZoom(zooms[0] ?? 0, -1)).toBe(zooms[0]);
  expect([...up].reverse().map((zoom) => nextZoom(zoom, -1))).toEqual([175, 150, 125, 110, 100, 90]);
  expect(readLook('{"zoom":150}').zoom).toBe(150);
  expect(readLook('{"zoom":"150"}').zoom).toBe(100);
  expect(readLook('{"zoom":12}').zoom).toBe(100);
});

function storage() {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
  };
}

it("the next window looks as the last one was left", () => {
  const keeper = storage();
  new Look(keeper).choose({ layout: "timeline", months: 24 });
  expect(new Look(keeper).now).toEqual({ ...plainLook(), layout: "timeline", months: 24 });
});

it("what one window chose is kept when another chooses something else", () => {
  const keeper = storage();
  const [wide, small] = [new Look(keeper), new Look(keeper)];
  wide.choose({ layout: "timeline", months: 24 });
  small.choose({ zoom: 110 });
  expect(small.now, "each window looks as it did").toEqual({ ...plainLook(), zoom: 110 });
  expect(new Look(keeper).now).toEqual({ ...plainLook(), layout: "timeline", months: 24, zoom: 110 });
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
