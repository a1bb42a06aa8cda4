import { describe, expect, it } from "vitest";

import { cardPixels, ROW_PIXELS } from "./thumbnails";

describe("the picture of a card", () => {
  it("has about as many pixels as the card, and no more than needed", () => {
    expect([226, 297, 363].map((width) => cardPixels(width, 1))).toEqual([320, 320, 320]);
    expect(cardPixels(468, 1)).toBe(640);
    expect(cardPixels(100, 1)).toBe(160);
  });

  it("is larger on a fine screen and where everything is enlarged", () => {
    expect(cardPixels(297, 2)).toBe(640);
    expect(cardPixels(297, 1.75)).toBe(640);
    expect(cardPixels(363, 4)).toBe(1280);
  });

  it("is the largest there is where none is large enough", () => {
    expect(cardPixels(4_000, 2)).toBe(1280);
  });
});

it("the picture of a row is the smallest, which is enough for four pixels to each of the page's", () => {
  expect(cardPixels(36, 4)).toBe(ROW_PIXELS);
});
