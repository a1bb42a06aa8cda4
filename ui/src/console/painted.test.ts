import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { whenPainted } from "./painted";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function isHidden(hidden: boolean) {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
}

it("tells of a window once its first frame was painted, and only once", () => {
  isHidden(false);
  const frames: (() => void)[] = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
  const painted = vi.fn();
  whenPainted(painted);
  expect(painted).not.toHaveBeenCalled();
  frames.shift()?.();
  expect(painted, "the frame begins").not.toHaveBeenCalled();
  frames.shift()?.();
  expect(painted).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(painted).toHaveBeenCalledOnce();
});

it("waits only a moment in a window that is hidden before its frame", () => {
  isHidden(false);
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const painted = vi.fn();
  whenPainted(painted);
  vi.advanceTimersByTime(50);
  expect(painted).toHaveBeenCalledOnce();
});

it("waits for nothing in a hidden window, which paints nothing until it is shown", () => {
  isHidden(true);
  const painted = vi.fn();
  whenPainted(painted);
  expect(painted).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(1_000);
  expect(painted).toHaveBeenCalledOnce();
});
