import { expect, it } from "vitest";

import type { Phase } from "../backend/bindings";
import { offer } from "../../tests/offers";
import { codeOf, validToday } from "./sheet";

it("has what guests can have today, and nothing else", () => {
  const at = (id: number, state: Phase) => offer(id, {}, { validity: { state, date: null, days: null, shown: true } });
  const all = [at(1, "live"), at(2, "ending"), at(3, "scheduled"), at(4, "ended"), at(5, "hidden")];
  expect(validToday(all).map(({ key }) => key)).toEqual(["1", "2"]);
});

it("draws a link as squares with white around, and no link as nothing", () => {
  const code = codeOf("https://book.hotel.example/spa");
  expect(code?.size).toBeGreaterThanOrEqual(25);
  // the corner square that scanners look for, two squares from the edge
  expect(code?.path.startsWith("M2 2h1v1h-1z")).toBe(true);
  expect(codeOf("")).toBeNull();
  expect(codeOf("x".repeat(5_000))).toBeNull();
});
