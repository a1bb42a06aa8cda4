/** Times that name no day are of today: what becomes of them when that is another day. */
import { fireEvent, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { card, openConsole } from "./window";

/** Ten minutes before midnight. */
const late = (day: number) => new Date(2026, 10, day, 23, 50);
const said = (id: string) => screen.getByTestId(id).textContent?.replace(/\s+/g, " ").trim();

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

it("they get their day after midnight, wherever they stand", async () => {
  vi.setSystemTime(late(22));
  const { hotel, user } = await openConsole();
  hotel.look("1", { state: "seen", at: Date.now() });
  await user.keyboard("{Control>}2{/Control}");
  const receipt = await within(card("Spa weekend")).findByTestId("offer-receipt");
  expect(receipt).toHaveTextContent("Guests see it · 23:50");
  expect(said("last-synced")).toBe("Updated 23:50");

  await vi.advanceTimersByTimeAsync(15 * 60_000);
  expect(said("last-synced")).toBe("Updated 22 Nov, 23:50");
  expect(receipt).toHaveTextContent("Guests see it · 22 Nov, 23:50");
  hotel.offline();
  expect(await screen.findByText("Offline, showing what was known at 22 Nov, 23:50")).toBeVisible();
});

it("they get it as well when the computer slept through midnight", async () => {
  vi.setSystemTime(late(25));
  await openConsole();
  expect(said("last-synced")).toBe("Updated 23:50");
  vi.setSystemTime(new Date(2026, 10, 26, 8, 0));
  await fireEvent.focus(window);
  expect(said("last-synced")).toBe("Updated 25 Nov, 23:50");
});
