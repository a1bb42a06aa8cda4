import { describe, expect, it } from "vitest";

import { frameOf, isCardShaped, MIDDLE, moved } from "./crop";

const landscape = { width: 4000, height: 3000 };
const portrait = { width: 3000, height: 4000 };
const panorama = { width: 8000, height: 2000 };

describe("the frame of a crop", () => {
  it("is as large as the picture allows, and in its middle at first", () => {
    expect(frameOf(landscape, MIDDLE)).toEqual({ left: 0, top: 0.125, width: 1, height: 0.75 });
    expect(frameOf(panorama, MIDDLE).height).toBe(1);
    expect(frameOf(panorama, MIDDLE).width).toBeCloseTo(4 / 9);
    expect(frameOf(portrait, MIDDLE).height).toBeCloseTo(27 / 64);
  });

  it("stays within the picture", () => {
    expect(frameOf(landscape, { x: 500, y: 0 }).top).toBe(0);
    expect(frameOf(landscape, { x: 500, y: 1000 }).top).toBe(0.25);
    expect(frameOf(panorama, { x: 1000, y: 500 }).left).toBeCloseTo(5 / 9);
  });

  it("has nothing to cut from a picture of the card's shape", () => {
    expect(isCardShaped({ width: 1920, height: 1080 })).toBe(true);
    expect(isCardShaped({ width: 1920, height: 1085 })).toBe(true);
    expect(isCardShaped(landscape)).toBe(false);
  });

  it("moves no further than it can be seen to move", () => {
    expect(moved(landscape, MIDDLE, { x: 20, y: 20 })).toEqual({ x: 500, y: 520 });
    expect(moved(landscape, { x: 500, y: 620 }, { x: 0, y: 50 })).toEqual({ x: 500, y: 625 });
    expect(moved(panorama, MIDDLE, { x: -900, y: 0 })).toEqual({ x: 222, y: 500 });
  });
});
