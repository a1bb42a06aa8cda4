/** A console window on a hotel in memory, and the words to look into it. */
import { render, screen, within } from "@testing-library/svelte";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import { beforeAll } from "vitest";

import type { Backend } from "../src/backend/backend";
import { MemoryHotel, type MemoryOptions } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { later } from "../src/console/later.svelte";

// What a window reads a moment after it has come up: these tests are not about that moment, nor is it compiled in their time.
import "../src/console/parts";

beforeAll(() => later.read());

export type Opened = { hotel: MemoryHotel; backend: Backend; user: UserEvent };

/** Two offers, signed in, unless `prepare` says otherwise. */
export async function openConsole(
  prepare: (hotel: MemoryHotel) => void = twoOffers,
  options: MemoryOptions = {},
): Promise<Opened> {
  const hotel = new MemoryHotel(options).signedIn();
  prepare(hotel);
  const backend = hotel.open();
  render(App, { backend, locale: "en-IE" });
  await screen.findByTestId("console");
  return { hotel, backend, user: userEvent.setup() };
}

export function twoOffers(hotel: MemoryHotel): void {
  hotel.seed({
    title: "Spa weekend",
    tag: "Spa",
    short_description: "Two nights and the thermal suite.",
    valid_to: "2027-02-28",
    sort_order: 1,
  });
  hotel.seed({ title: "Golf & Stay", short_description: "Eighteen holes.", sort_order: 2 });
}

/** The card of an offer, by its title. */
export function card(title: string): HTMLElement {
  const found = screen.queryAllByTestId("offer").find((one) => within(one).queryByText(title));
  if (!found) throw new Error(`no card is titled ${title}: ${titles().join(", ")}`);
  return found;
}

/** What opens an offer, and has the focus while the keys walk the list. */
export const titleOf = (title: string): HTMLElement => within(card(title)).getByRole("button", { name: title });

export const titles = (): string[] => screen.queryAllByTestId("offer-title").map((title) => title.textContent ?? "");

export const field = (name: string): HTMLInputElement => screen.getByTestId(`field-${name}`);

export async function retype(user: UserEvent, name: string, text: string): Promise<void> {
  await user.clear(field(name));
  if (text) await user.type(field(name), text);
}

/** The arguments of the last call of a command. */
export function lastCall(hotel: MemoryHotel, method: keyof Backend): unknown[] | undefined {
  return hotel.calls.filter((call) => call.method === method).at(-1)?.args;
}
