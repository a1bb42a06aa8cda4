import { describe, expect, it } from "vitest";

import { difference } from "./textdiff";

/** `same[-out-]{+in+}` */
const shown = (before: string, after: string): string =>
  difference(before, after)
    .map(({ kind, text }) => (kind === "out" ? `[-${text}-]` : kind === "in" ? `{+${text}+}` : text))
    .join("");

describe("the difference of two texts", () => {
  it.each([
    ["one word", "Two nights and breakfast.", "Three nights and breakfast.", "[-Two-]{+Three+} nights and breakfast."],
    ["added at the end", "Two nights", "Two nights and tea", "Two nights{+ and tea+}"],
    ["taken from the middle", "Two long nights", "Two nights", "Two [-long -]nights"],
    [
      "two places",
      "red door, old bed, big lamp",
      "blue door, old bed, small lamp",
      "[-red-]{+blue+} door, old bed, [-big-]{+small+} lamp",
    ],
    ["words side by side are one change", "a b c d", "a x y d", "a [-b c-]{+x y+} d"],
    ["all of it", "Golf", "Spa", "[-Golf-]{+Spa+}"],
    ["from nothing", "", "Spa", "{+Spa+}"],
    ["nothing", "Spa", "Spa", "Spa"],
  ])("marks what changed: %s", (_name, before, after, expected) => {
    expect(shown(before, after)).toBe(expected);
  });

  it("leaves out what is far from any change", () => {
    const long = "Stay by the lake with a long breakfast every single morning";
    expect(shown(`${long} in May.`, `${long} in June.`)).toBe("…every single morning in [-May.-]{+June.+}");
  });

  it("cuts a long passage, and shows its beginning and its end", () => {
    const text = `begin ${"word ".repeat(200)}end`;
    const said = shown("", text);
    expect(said.length).toBeLessThan(200);
    expect(said).toMatch(/^\{\+begin .*….* end\+\}$/);
  });

  it("is quick about texts that have nothing in common", () => {
    const words = (prefix: string) => Array.from({ length: 5_000 }, (_, at) => `${prefix}${at}`).join(" ");
    const begun = performance.now();
    difference(words("a"), words("b"));
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
