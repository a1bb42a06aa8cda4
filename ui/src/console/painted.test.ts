import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { whenPainted } from "./painted";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it("tells of a window once its first frame was painted, and only once", () => {
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  const painted = vi.fn();
  whenPainted(painted);
  frames.shift()?.();
  expect(painted, "the frame begins").not.toHaveBeenCalled();
  frames.shift()?.();
  expect(painted).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(painted).toHaveBeenCalledOnce();
});

it("waits only a moment in a window that runs no frame", () => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const painted = vi.fn();
  whenPainted(painted);
  vi.advanceTimersByTime(50);
  expect(painted).toHaveBeenCalledOnce();
});
