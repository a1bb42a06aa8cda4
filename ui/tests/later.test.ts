/** In a file of its own: a page reads the second half of its program once. */
import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { MemoryHotel } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { later } from "../src/console/later.svelte";
// Compiled with this file, not in the test's time.
import "../src/console/parts";

it("shows the offers before the rest of the program is read, and what was told or wanted meanwhile as soon as it is", async () => {
  const hotel = new MemoryHotel().signedIn();
  hotel.seed({ title: "Spa weekend" });
  // Not before this test says so, however slow the machine is.
  const reading = vi.spyOn(later, "read").mockResolvedValue();
  render(App, { backend: hotel.open(), locale: "en-IE" });
  expect(await screen.findByText("Spa weekend")).toBeVisible();
  hotel.elsewhere.create({ title: "Golf & Stay" });
  expect(await screen.findByText("Golf & Stay")).toBeVisible();
  expect(later.parts, "the list needs none of it").toBeNull();
  expect(screen.queryByTestId("editor")).toBeNull();

  reading.mockRestore();
  await userEvent.setup().click(screen.getByTestId("new-offer"));
  expect(await screen.findByTestId("editor")).toBeVisible();
  expect(await screen.findByTestId("toast")).toBeVisible();
});
