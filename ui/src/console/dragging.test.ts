import { expect, it } from "vitest";

import { droppedBefore } from "./dragging";

const [a, b, c, d] = ["1", "2", "new:3", "4"].map((key) => ({ key })) as [Row, Row, Row, Row];
type Row = { key: string };
const held = [a, b, c, d];
const there = (...keys: string[]) => {
  const names = new Map([["new:3", "30"]]);
  return (key: string) => [names.get(key) ?? key].find((one) => keys.includes(one));
};

it("an offer is put before the one that was seen behind it, whatever has come or gone meanwhile", () => {
  const all = there("9", "1", "2", "30", "4");
  expect(droppedBefore(held, d, 1, all)).toBe("2");
  expect(droppedBefore(held, a, 2, all)).toBe("4");
  expect(droppedBefore(held, a, 1, all), "which has its id by now").toBe("30");
  expect(droppedBefore(held, a, 3, all), "the end").toBeNull();
  expect(droppedBefore(held, d, 1, there("1", "4")), "all behind it have gone").toBeNull();
  expect(droppedBefore(held, d, 1, there("1", "30", "4"))).toBe("30");
});
