/** The preview window on a hotel in memory: what guests see, and what its frame says about it. */
import { render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect, it, vi } from "vitest";

import { MemoryHotel, type MemoryOptions } from "../src/backend/memory";
import { blank } from "../src/backend/memory-rules";
import Preview from "../src/preview/Preview.svelte";

async function open(prepare: (hotel: MemoryHotel) => void, options: MemoryOptions = {}, demo = false) {
  const hotel = new MemoryHotel({ today: "2026-11-22", ...options }).signedIn(demo);
  const desk = hotel.open();
  prepare(hotel);
  const backend = hotel.open("preview-1");
  render(Preview, { backend, locale: "en-IE" });
  await screen.findByTestId("preview-page");
  return { hotel, desk, backend, user: userEvent.setup() };
}

const threeOffers = (hotel: MemoryHotel): void => {
  hotel.seed({ title: "Spa weekend", short_description: "s", valid_to: "2026-12-20", sort_order: 1 });
  hotel.seed({ title: "New Year Gala", short_description: "s", valid_from: "2026-12-30", sort_order: 2 });
  hotel.seed({ title: "Staff only", short_description: "s", is_active: false, sort_order: 3 });
  hotel.seed({ title: "Golf & Stay", short_description: "s", sort_order: 4 });
};

const cards = (): HTMLElement[] => screen.queryAllByTestId("guest-offer");
const titles = (): string[] => cards().map((card) => card.querySelector("h3")?.textContent ?? "");
const notes = (id: string): string[] => screen.queryAllByTestId(id).map((note) => note.textContent ?? "");
const slider = (): HTMLInputElement => screen.getByTestId("preview-slider");
const slide = (to: number): void => {
  slider().value = String(to);
  slider().dispatchEvent(new Event("input", { bubbles: true }));
};
/** Lets what the feed caused be read and drawn. */
const drawn = (words: string) => screen.findByText(words);

it("guests see the shown offers in their order, whatever their dates", async () => {
  await open(threeOffers);
  expect(titles()).toEqual(["Spa weekend", "New Year Gala", "Golf & Stay"]);
  expect(notes("preview-day-note")).toEqual(["Begins on 30 Dec, and guests see it already"]);
});

it("the demo hotel is marked as such", async () => {
  await open(threeOffers, {}, true);
  expect(screen.getByTestId("demo-mark")).toBeVisible();
});

it("another day says what would have ended, and takes no card away", async () => {
  await open(threeOffers);
  slide(32);
  await drawn("Would have ended on 20 Dec, and guests still see it");
  expect(titles()).toEqual(["Spa weekend", "New Year Gala", "Golf & Stay"]);
  expect(notes("preview-day-note")[1]).toBe("Would only begin on 30 Dec, and guests see it already");
  expect(screen.getByTestId("preview-day-summary")).toHaveTextContent(
    "On Thursday 24 December 2026: of 3 offers, 1 would have ended and 1 would have not begun.",
  );
  slide(39);
  await drawn("Would have ended on 20 Dec, and guests still see it");
  expect(notes("preview-day-note")).toHaveLength(1);
});

it("the day can be stepped by the keyboard, typed, and taken back to today", async () => {
  const { user } = await open(threeOffers);
  slider().focus();
  await user.keyboard("{PageUp}");
  expect(slider()).toHaveValue("7");
  expect(slider()).toHaveAttribute("aria-valuetext", "Sunday 29 November 2026");
  await user.clear(screen.getByTestId("preview-day"));
  await user.type(screen.getByTestId("preview-day"), "24/12/2026{Enter}");
  await user.tab();
  expect(slider()).toHaveValue("32");
  await user.clear(screen.getByTestId("preview-day"));
  await user.type(screen.getByTestId("preview-day"), "soon");
  await user.tab();
  expect(screen.getByTestId("preview-day-error")).toHaveTextContent("“soon” is no date");
  await user.click(screen.getByTestId("preview-today"));
  expect(slider()).toHaveValue("0");
  expect(screen.queryByTestId("preview-day-error")).toBeNull();
});

it("what is not at the hotel is told, and shown only when it is asked for", async () => {
  const { desk, user } = await open(threeOffers);
  await desk.updateOffer("1", { title: { before: "Spa weekend", after: "Spa for two" } }, null);
  await desk.createOffer({ ...blank(), title: "Fresh", short_description: "s", sort_order: 9 }, null);
  await desk.deleteOffer("4");
  await drawn("3 changes not sent yet, not shown here, as guests see it.");
  expect(titles()).toEqual(["Spa weekend", "New Year Gala", "Golf & Stay"]);

  await user.click(screen.getByTestId("preview-with-pending"));
  expect(titles()).toEqual(["Spa for two", "New Year Gala", "Fresh"]);
  expect(notes("preview-pending-note")).toEqual([
    "On its way: guests still see the old title",
    "On its way: guests do not see this offer yet",
  ]);
  expect(screen.getByTestId("preview-leaving")).toHaveTextContent(
    "“Golf & Stay” is to be deleted (on its way): guests still see it",
  );
});

it("what is typed in an editor and not saved is shown when it is asked for", async () => {
  const { desk, user } = await open(threeOffers);
  const base = { ...blank(), title: "Spa weekend", short_description: "s", valid_to: "2026-12-20", sort_order: 1 };
  const fields = { ...base, tag: "Spa" };
  await desk.saveDraft({ id: "a", key: "1", base, fields, photo: null, unreadable: {}, savedAt: 0 });
  await drawn("1 change not sent yet, not shown here, as guests see it.");
  expect(within(cards()[0] as HTMLElement).queryByText("Spa")).toBeNull();
  await user.click(screen.getByTestId("preview-with-pending"));
  expect(within(cards()[0] as HTMLElement).getByText("Spa")).toBeVisible();
  expect(notes("preview-pending-note")).toEqual(["Not saved yet: guests still see the old tag"]);
});

it("what was typed in a window that was closed is on no screen, and not shown", async () => {
  const { hotel, desk } = await open(threeOffers);
  const base = { ...blank(), title: "Spa weekend", short_description: "s", valid_to: "2026-12-20", sort_order: 1 };
  const fields = { ...base, tag: "Spa" };
  await desk.saveDraft({ id: "a", key: "1", base, fields, photo: null, unreadable: {}, savedAt: 0 });
  await drawn("1 change not sent yet, not shown here, as guests see it.");
  hotel.windowClosed(desk.windowLabel);
  await waitFor(() => expect(screen.queryByText(/1 change not sent yet/)).toBeNull());
});

it("a change from elsewhere draws its own card and leaves the others alone", async () => {
  const { hotel } = await open(threeOffers);
  const before = cards();
  hotel.elsewhere.change("2", { title: "Gala of the year" });
  await drawn("Gala of the year");
  expect(cards()).toEqual(before);
  hotel.elsewhere.change("4", { is_active: false });
  await expect.poll(titles).toEqual(["Spa weekend", "Gala of the year"]);
  expect(cards()).toEqual(before.slice(0, 2));
});

it("each width is the page's real width", async () => {
  const { user } = await open(threeOffers);
  for (const [name, pixels] of [
    ["phone", "390"],
    ["tablet", "768"],
    ["desktop", "1280"],
  ] as const) {
    await user.click(screen.getByTestId(`preview-width-${name}`));
    expect(screen.getByTestId("preview-page")).toHaveAttribute("data-width", pixels);
    expect(screen.getByTestId("preview-page").style.width).toBe(`${pixels}px`);
  }
});

it("offline it says how old this is", async () => {
  const { hotel } = await open(threeOffers);
  hotel.offline(null, Date.now());
  expect(await screen.findByTestId("preview-currency")).toHaveTextContent(/^Offline, as last known at .+\. Guests may/);
  expect(titles()).toHaveLength(3);
});

it("without offers, and with nobody signed in, it says so", async () => {
  const { hotel, desk } = await open(() => undefined);
  expect(screen.getByTestId("guest-empty")).toBeVisible();
  expect(screen.getByTestId("preview-day-summary")).toHaveTextContent("Today: no offers.");
  await desk.signOut(null);
  expect(await screen.findByTestId("preview-signed-out")).toBeVisible();
  expect(cards()).toEqual([]);
  hotel.signedIn();
  expect(await screen.findByTestId("preview-page")).toBeVisible();
});

it("links lead nowhere in here, and it is said where they lead for guests", async () => {
  const { user } = await open((hotel) => {
    hotel.seed({ title: "Spa", short_description: "s", book_now_url: "https://book.example/spa" });
  });
  const link = screen.getByRole("link", { name: "Book this offer" });
  const click = new MouseEvent("click", { bubbles: true, cancelable: true });
  link.dispatchEvent(click);
  expect(click.defaultPrevented).toBe(true);
  await user.click(link);
  expect(screen.getByTestId("preview-link")).toHaveTextContent("For guests this leads to https://book.example/spa");
});

it("a browser is offered only where the page's address is known", async () => {
  const { hotel, user } = await open(threeOffers, {}, true);
  await user.click(screen.getByTestId("preview-browser"));
  expect(hotel.calls.filter(({ method }) => method === "openGuestPage")).toHaveLength(1);
});

it("a real server's page is not offered", async () => {
  await open(threeOffers);
  expect(screen.queryByTestId("preview-browser")).toBeNull();
});

it("it changes nothing at the hotel", async () => {
  const { hotel, user } = await open(threeOffers);
  slide(10);
  await user.click(screen.getByTestId("preview-with-pending"));
  // That the window is painted is said last, a frame or two later.
  await vi.waitFor(() => expect(hotel.calls).toContainEqual({ method: "windowReady", args: [] }));
  const asked = new Set(hotel.calls.map(({ method }) => method));
  expect([...asked].sort()).toEqual(["guestPageIsServed", "guestPreview", "subscribe", "windowReady"]);
});

it("has nothing that a screen reader would stumble over", async () => {
  await open(threeOffers);
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
});

it("the page's header is shown where it is known, and nothing is invented where it is not", async () => {
  const { hotel } = await open(threeOffers);
  expect(screen.getByTestId("preview-no-header")).toBeVisible();
  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Hotel Killarney");
  const nothing = { city: "", country: "", phone: "", email: "", website_url: "", hero: null, logo: null };
  hotel.header = { ...nothing, name: "Hotel Killarney", tagline: "By the lake", booking_url: "https://book.example/" };
  hotel.say("something");
  expect(await screen.findByText("By the lake")).toBeVisible();
  expect(screen.getAllByRole("link", { name: "Book this offer" })).toHaveLength(3);
  expect(screen.queryByTestId("preview-no-header")).toBeNull();
});
