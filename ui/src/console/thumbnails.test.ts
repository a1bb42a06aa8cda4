import { describe, expect, it } from "vitest";

import { cardPhoto } from "./thumbnails";

describe("the picture of a card", () => {
  it("has about as many pixels as the card, and no more than needed", () => {
    expect([226, 297, 363].map((width) => cardPhoto(width, 1))).toEqual([{ card: 320 }, { card: 320 }, { card: 320 }]);
    expect(cardPhoto(468, 1)).toEqual({ card: 640 });
    expect(cardPhoto(100, 1)).toEqual({ card: 160 });
  });

  it("is larger on a fine screen and where everything is enlarged", () => {
    expect(cardPhoto(297, 2)).toEqual({ card: 640 });
    expect(cardPhoto(297, 1.75)).toEqual({ card: 640 });
    expect(cardPhoto(363, 4)).toEqual({ card: 1280 });
  });

  it("is the largest there is where none is large enough", () => {
    expect(cardPhoto(4_000, 2)).toEqual({ card: 1280 });
  });
});
