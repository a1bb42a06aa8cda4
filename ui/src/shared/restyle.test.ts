import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { forgetStylesOfWhatIsGone } from "./restyle";

describe("styles of what is gone", () => {
  const renew = vi.fn();
  let stop: () => void;
  beforeEach(() => {
    vi.useFakeTimers();
    stop = forgetStylesOfWhatIsGone(document, renew);
    expect(renew, "a sheet to replace later").toHaveBeenCalledTimes(1);
    renew.mockClear();
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
    renew.mockClear();
  });
  /** Puts something into the page, or takes it out, and lets observers hear of it. */
  const change = async (how: (element: HTMLElement) => void, element = document.createElement("p")) => {
    how(element);
    await Promise.resolve();
    return element;
  };
  const add = (element: HTMLElement) => document.body.append(element);
  const remove = (element: HTMLElement) => element.remove();

  it("are let go of a minute after something was taken out, once for all of it", async () => {
    const [one, other] = [await change(add), await change(add)];
    await change(remove, one);
    await vi.advanceTimersByTimeAsync(50_000);
    await change(remove, other);
    expect(renew).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(renew).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(renew, "nothing has gone since").toHaveBeenCalledTimes(1);
  });

  it("wait for a moment in which nothing goes", async () => {
    await change(remove, await change(add));
    await vi.advanceTimersByTimeAsync(59_500);
    for (let at = 0; at < 10; at++) {
      await change(remove, await change(add));
      await vi.advanceTimersByTimeAsync(500);
      expect(renew).not.toHaveBeenCalled();
    }
    await vi.advanceTimersByTimeAsync(500);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it("cost nothing while things only come, or when stopped", async () => {
    const element = await change(add);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(renew).not.toHaveBeenCalled();
    await change(remove, element);
    stop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(renew).not.toHaveBeenCalled();
  });
});
