/** Holds the tokens to WCAG AA, and the two ways into the dark theme to the same values. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");

function block(selector: string): Map<string, string> {
  const from = css.indexOf(`${selector} {`);
  expect(from, `${selector} is in tokens.css`).toBeGreaterThan(-1);
  const body = css.slice(from, css.indexOf("}", from));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((found) => [found[1] ?? "", found[2] ?? ""]));
}

const light = block(':root,\n:host,\n[data-theme="light"]');
const dark = block('[data-theme="dark"]');
const system = block(':root:not([data-theme="light"])');

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["--bg", "--bg-side", "--card", "--raise"];
const pairs: [text: string, surface: string][] = [
  ...["--ink", "--ink-2", "--ink-3"].flatMap((text) => surfaces.map((on): [string, string] => [text, on])),
  ...["--live", "--soon", "--sched", "--ended", "--hidden"].flatMap((text): [string, string][] => [
    [text, "--card"],
    [text, "--bg-side"],
    [text, `${text}-bg`],
  ]),
  ["--ink", "--soon-bg"],
  ["--ink-2", "--soon-bg"],
  ["--accent-ink", "--accent"],
  ["--raise", "--ended"],
  ["--bg", "--ink"],
];

describe.each([
  ["light", light],
  ["dark", dark],
])("the %s theme", (_name, theme) => {
  it.each(pairs)("shows %s on %s at 4.5 : 1 or more", (text, surface) => {
    expect(contrast(theme.get(text) ?? "", theme.get(surface) ?? "")).toBeGreaterThanOrEqual(4.5);
  });
});

it("is the same dark whether the system or the window asks for it", () => {
  expect(Object.fromEntries(system)).toEqual(Object.fromEntries(dark));
});
