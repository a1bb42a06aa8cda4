import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Readings, type Timer } from "./readings";

const timer: Timer = {
  now: () => Date.now(),
  after: (milliseconds, work) => {
    const id = setTimeout(work, milliseconds);
    return () => clearTimeout(id);
  },
};

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function readings(random = 0.5) {
  let finish = (): void => undefined;
  const read = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  return { read, finish: () => finish(), of: new Readings(read, timer, () => random) };
}

it("many wishes are one reading, at a random moment of the first span", async () => {
  const { read, of } = readings(0.5);
  for (let wish = 0; wish < 9; wish += 1) of.want([300, 1_500]);
  await vi.advanceTimersByTimeAsync(899);
  expect(read).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(read).toHaveBeenCalledTimes(1);
});

it("a wish for sooner moves the reading forward, one for later does not move it back", async () => {
  const { read, of } = readings();
  of.want([10_000, 10_000]);
  of.want([500, 500]);
  of.want([60_000, 60_000]);
  await vi.advanceTimersByTimeAsync(500);
  expect(read).toHaveBeenCalledTimes(1);
});

it("a wish during a reading gets one of its own, and never two at once", async () => {
  const { read, finish, of } = readings();
  of.want([0, 0]);
  await vi.advanceTimersByTimeAsync(0);
  of.want([100, 100]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(read).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(read).toHaveBeenCalledTimes(2);
});

it("after the end nothing is read", async () => {
  const { read, of } = readings();
  of.want([100, 100]);
  of.stop();
  of.want([0, 0]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(read).not.toHaveBeenCalled();
});
