/** Marking offers and doing the same to all of them; the palette, the keys, the desk sheet, and what is new. */
import { cleanup, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";

import type { MemoryHotel } from "../src/backend/memory";
import App from "../src/console/App.svelte";
import { card, field, lastCall, openConsole, titleOf, titles } from "./window";

const press = (id: string) => screen.getByTestId(id);
const mark = (title: string) => within(card(title)).getByTestId<HTMLInputElement>("offer-mark");
const five = (hotel: MemoryHotel) => {
  for (const [at, title] of ["One", "Two", "Three", "Four", "Five"].entries()) {
    hotel.seed({ title, short_description: "d", sort_order: at, valid_from: "2026-12-18", valid_to: "2026-12-27" });
  }
};
const updates = (hotel: MemoryHotel) => hotel.calls.filter(({ method }) => method === "updateOffer");

describe("marked offers", () => {
  it("are marked by box, by Shift and by keys, and hidden one after the other", async () => {
    const { hotel, user } = await openConsole(five);
    await user.click(mark("Two"));
    await user.keyboard("{Shift>}");
    await user.click(mark("Four"));
    await user.keyboard("{/Shift}");
    expect(press("bulk-count")).toHaveTextContent("3 marked");
    titleOf("Five").focus();
    await user.keyboard(" ");
    expect(press("bulk-count")).toHaveTextContent("4 marked");
    expect(screen.queryByTestId("editor"), "Space marks and opens nothing").toBeNull();

    await user.click(press("bulk-hide"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("4 hidden from guests"));
    expect(updates(hotel).map(({ args }) => args[0])).toEqual(["2", "3", "4", "5"]);
    expect(screen.queryByTestId("bulk"), "nothing is marked any more").toBeNull();
    await user.click(press("bulk-each"));
    expect(screen.getAllByTestId("bulk-row")).toHaveLength(4);
  });

  it("have a box that says so, also after a click that leaves them marked", async () => {
    const { user } = await openConsole(five);
    await user.click(mark("One"));
    await user.keyboard("{Shift>}");
    await user.click(mark("Four"));
    await user.click(mark("Three"));
    await user.keyboard("{/Shift}");
    expect(press("bulk-count")).toHaveTextContent("4 marked");
    expect(mark("Three")).toBeChecked();
  });

  it("are all marked with Ctrl+A, and moved by days", async () => {
    const { hotel, user } = await openConsole(five);
    await user.keyboard("{Control>}a{/Control}");
    expect(press("bulk-count")).toHaveTextContent("5 marked");
    await user.click(press("bulk-move"));
    await user.clear(press("bulk-days"));
    await user.type(press("bulk-days"), "-7");
    await user.click(press("bulk-move-go"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("5 moved 7 days earlier"));
    expect(updates(hotel)[0]?.args[1]).toEqual({
      valid_from: { before: "2026-12-18", after: "2026-12-11" },
      valid_to: { before: "2026-12-27", after: "2026-12-20" },
    });
  });

  it("are told to screen readers as they are marked", async () => {
    const { user } = await openConsole(five);
    const said = (words: string) => expect(screen.getByText(words)).toHaveAttribute("aria-live", "polite");
    titleOf("One").focus();
    await user.keyboard(" ");
    said("One marked, 1 in all");
    await user.click(mark("Three"));
    said("Three marked, 2 in all");
    await user.keyboard("{Shift>}");
    await user.click(mark("Five"));
    await user.keyboard("{/Shift}");
    said("4 offers marked");
    await user.click(mark("Four"));
    said("Four not marked any more, 3 in all");
    titleOf("One").focus();
    await user.keyboard("{Control>}a{/Control}");
    said("5 offers marked");
    await user.keyboard("{Escape}");
    said("Nothing is marked");
  });

  it("are deleted after one question for all", async () => {
    const { hotel, user } = await openConsole(five);
    await user.click(mark("One"));
    await user.click(mark("Two"));
    await user.click(press("bulk-delete"));
    expect(await screen.findByText("Delete 2 offers?")).toBeVisible();
    expect(lastCall(hotel, "deleteOffer")).toBeUndefined();
    await user.click(press("confirm-delete"));
    await waitFor(() => expect(titles()).toEqual(["Three", "Four", "Five"]));
    expect(press("bulk-summary")).toHaveTextContent("2 deleted");
  });

  it("come back next year on the same weekdays, hidden", async () => {
    const { hotel, user } = await openConsole(five);
    await user.click(mark("One"));
    await user.click(press("bulk-next-year"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("1 copied to next year, hidden"));
    expect(screen.queryByText(/without its photo/)).toBeNull();
    expect(lastCall(hotel, "createOffer")?.[0]).toMatchObject({
      title: "One",
      valid_from: "2027-12-17",
      valid_to: "2027-12-26",
      is_active: false,
    });
  });

  it("that a view leaves out are left alone, and said", async () => {
    const { hotel, user } = await openConsole(five);
    await user.keyboard("{Control>}a{/Control}");
    await user.type(press("search"), "three");
    expect(press("bulk-count")).toHaveTextContent("1 marked, 4 not in sight");
    await user.click(press("bulk-hide"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("1 hidden from guests"));
    expect(updates(hotel).map(({ args }) => args[0])).toEqual(["3"]);
    expect(press("bulk-count"), "and stay marked").toHaveTextContent("0 marked, 4 not in sight");
  });

  it("that were not begun when it was stopped stay marked", async () => {
    const { backend, user } = await openConsole(five);
    const update = backend.updateOffer.bind(backend);
    vi.spyOn(backend, "updateOffer").mockImplementationOnce(async (...args) => {
      (await screen.findByTestId("bulk-stop")).click();
      await update(...args);
    });
    for (const title of ["One", "Two", "Three"]) await user.click(mark(title));
    await user.click(press("bulk-hide"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("1 of 3 hidden from guests, 2 not begun"));
    expect(press("bulk-count")).toHaveTextContent("2 marked");
    expect(["One", "Two", "Three"].map((title) => mark(title).checked)).toEqual([false, true, true]);
  });

  it("stay marked where it failed, so that it can be tried again", async () => {
    const { hotel, user } = await openConsole(five);
    hotel.failNext("createOffer", "storage", "The disk is full.");
    for (const title of ["One", "Two"]) await user.click(mark(title));
    await user.click(press("bulk-duplicate"));
    await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("1 of 2 duplicated, hidden, 1 failed"));
    expect(press("bulk-count")).toHaveTextContent("1 marked");
    expect(mark("One")).toBeChecked();
  });

  it("can be all of them after the box of one was pressed", async () => {
    const { user } = await openConsole(five);
    await user.click(mark("One"));
    await user.keyboard("{Control>}a{/Control}");
    expect(press("bulk-count")).toHaveTextContent("5 marked");
  });

  it("are unmarked with Esc from the bar about them, before anything else is closed", async () => {
    const { user } = await openConsole(five);
    titleOf("Two").focus();
    await user.keyboard("{Enter}");
    await user.type(field("title"), "!");
    await user.click(mark("One"));
    press("bulk-hide").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("bulk")).toBeNull();
    expect(field("title")).toHaveValue("Two!");
    expect(screen.queryByText('Leave "Two!" unsaved?')).toBeNull();
  });

  it("are unmarked with Esc from anywhere, once nothing else is open", async () => {
    const { user } = await openConsole(five);
    titleOf("Two").focus();
    await user.keyboard("{Enter}");
    await user.click(mark("One"));
    press("search").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("editor")).toBeNull();
    expect(press("bulk-count")).toHaveTextContent("1 marked");
    press("search").focus();
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("bulk")).toBeNull();
  });

  it("are unmarked with Esc", async () => {
    const { user } = await openConsole(five);
    titleOf("One").focus();
    await user.keyboard(" {Shift>}{ArrowRight}{/Shift}");
    expect(press("bulk-count")).toHaveTextContent("2 marked");
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("bulk")).toBeNull();
  });
});

describe("the arrows, with one offer selected and another that has the focus", () => {
  async function oneAndThree() {
    const opened = await openConsole(five);
    await opened.user.click(titleOf("One"));
    await opened.user.keyboard("{Control>}");
    await opened.user.click(titleOf("Three"));
    await opened.user.keyboard("{/Control}");
    expect(titleOf("Three")).toHaveFocus();
    return opened;
  }

  it("go on from the focus", async () => {
    const { user } = await oneAndThree();
    await user.keyboard("{ArrowRight}");
    expect(titleOf("Four")).toHaveFocus();
    expect(field("title")).toHaveValue("Four");
  });

  it("mark from there with Shift", async () => {
    const { user } = await oneAndThree();
    await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
    expect(["Two", "Three", "Four", "Five"].map((title) => mark(title).checked)).toEqual([false, true, true, false]);
  });

  it("move the offer that has it with Alt, and the focus with it", async () => {
    const { hotel, user } = await oneAndThree();
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    await waitFor(() => expect(titles()).toEqual(["One", "Two", "Four", "Three", "Five"]));
    expect(lastCall(hotel, "reorderOffer")).toEqual(["3", "5"]);
    await waitFor(() => expect(titleOf("Three")).toHaveFocus());
  });
});

it("Ctrl+D makes a hidden copy and opens it", async () => {
  const { hotel, user } = await openConsole(five);
  titleOf("Two").focus();
  await user.keyboard("{ArrowLeft}{ArrowRight}{Control>}d{/Control}");
  await waitFor(() => expect(field("title")).toHaveValue("Two (copy)"));
  expect(lastCall(hotel, "createOffer")?.[0]).toMatchObject({ title: "Two (copy)", is_active: false });
});

it("Ctrl+D and Ctrl+H are about the offer that has the focus, as Del is, though another one is being edited", async () => {
  const { hotel, user } = await openConsole(five);
  titleOf("One").focus();
  await user.keyboard("{Enter}");
  await user.type(field("title"), "!");
  titleOf("One").focus();
  await user.keyboard("{ArrowRight}{ArrowRight}");
  expect(titleOf("Three")).toHaveFocus();
  await user.keyboard("{Control>}h{/Control}");
  expect(await screen.findByText(/First seen here: “Three”/)).toBeVisible();
  await user.keyboard("{Control>}h{/Control}");
  titleOf("Three").focus();
  await user.keyboard("{Control>}d{/Control}");
  await user.click(await screen.findByTestId("confirm-yes"));
  await waitFor(() => expect(field("title")).toHaveValue("Three (copy)"));
  expect(lastCall(hotel, "createOffer")?.[0]).toMatchObject({ title: "Three (copy)" });
});

describe("the palette", () => {
  it("goes to an offer by a few letters, whatever view hides it", async () => {
    const { user } = await openConsole(five);
    await user.click(press("view-hidden"));
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "fou");
    await waitFor(() => expect(screen.getAllByTestId("palette-item")[0]).toHaveTextContent("Four"));
    await user.keyboard("{Enter}");
    await waitFor(() => expect(field("title")).toHaveValue("Four"));
    expect(screen.queryByTestId("palette")).toBeNull();
  });

  it("takes the keyboard along to the offer: the next keys are about it", async () => {
    const { user } = await openConsole(five);
    titleOf("One").focus();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "fou");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(field("title")).toHaveValue("Four"));
    await waitFor(() => expect(titleOf("Four")).toHaveFocus());
    await user.keyboard("{Delete}");
    expect(await screen.findByText('Delete "Four"?')).toBeVisible();
    await user.click(press("confirm-cancel"));
    titleOf("Four").focus();
    await user.keyboard("{Enter}");
    expect(field("title")).toHaveValue("Four");
    expect(field("title")).toHaveFocus();
  });

  it("takes the keyboard along to an offer that was far out of sight, past text that is not saved", async () => {
    const { user } = await openConsole((hotel) => {
      for (let at = 0; at < 500; at++) hotel.seed({ title: `Offer ${at}`, short_description: "d", sort_order: at });
    });
    titleOf("Offer 0").focus();
    await user.keyboard("{Enter}");
    await user.type(field("title"), "!");
    titleOf("Offer 1").focus();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "offer 499");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(titleOf("Offer 499")).toHaveFocus());
    expect(field("title"), "unsaved text stays where it is").toHaveValue("Offer 0!");
  });

  it("keeps what was chosen while offers change, until something else is looked for", async () => {
    const { hotel, user } = await openConsole(five);
    const chosen = () => screen.getAllByTestId("palette-item").find((item) => item.ariaSelected === "true");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "o");
    await waitFor(() => expect(chosen()).toHaveTextContent("One"));
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(chosen()).toHaveTextContent("Four");
    hotel.elsewhere.change("2", { title: "Two more" });
    await screen.findByText("Two more", { selector: ".name" });
    expect(chosen()).toHaveTextContent("Four");
    hotel.elsewhere.remove("4");
    await waitFor(() => expect(chosen()).toHaveTextContent("One"));
    await user.keyboard("{ArrowDown}");
    await user.type(screen.getByTestId("palette-input"), "n");
    expect(chosen()).toHaveTextContent("One");
  });

  it("is about the offer that had the focus when it opened, though another one is being edited", async () => {
    const { hotel, user } = await openConsole(five);
    titleOf("One").focus();
    await user.keyboard("{Enter}");
    await user.type(field("title"), "!");
    const choose = async (words: string) => {
      titleOf("Three").focus();
      await user.keyboard("{Control>}k{/Control}");
      await user.type(await screen.findByTestId("palette-input"), words);
      await waitFor(() => expect(screen.getAllByTestId("palette-item")[0]).toHaveTextContent("“Three”"));
      await user.keyboard("{Enter}");
      await waitFor(() => expect(screen.queryByTestId("palette")).toBeNull());
    };
    await choose("own window");
    expect(lastCall(hotel, "openOfferWindow")).toEqual(["3"]);
    await choose("delete");
    expect(await screen.findByText('Delete "Three"?')).toBeVisible();
    await user.click(press("confirm-cancel"));
    await waitFor(() => expect(screen.queryByTestId("confirm-cancel")).toBeNull());
    await choose("duplicate");
    await user.click(await screen.findByTestId("confirm-yes"));
    await waitFor(() => expect(field("title")).toHaveValue("Three (copy)"));
  });

  it("runs a command", async () => {
    const { user } = await openConsole(five);
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "as a table");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(press("offer-list").tagName).toBe("TABLE"));
  });
});

it("F1 shows all keys, and Esc leads back", async () => {
  const { user } = await openConsole(five);
  await user.keyboard("{F1}");
  const keys = await screen.findByTestId("keys");
  expect(within(keys).getByText("Ctrl+Shift+A")).toBeVisible();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByTestId("keys")).toBeNull());
});

it("the desk sheet has what is valid today, with a code for each booking link", async () => {
  const { user } = await openConsole((hotel) => {
    hotel.seed({ title: "Spa", short_description: "d", book_now_url: "https://book.hotel.example/spa", sort_order: 1 });
    hotel.seed({ title: "Golf", short_description: "d", sort_order: 2 });
    hotel.seed({ title: "Later", short_description: "d", valid_from: "2026-12-24", sort_order: 3 });
  });
  await user.click(press("show-desk-sheet"));
  const sheet = await screen.findByTestId("desk-sheet");
  expect(within(sheet).getByText("Special offers valid on Sunday 22 November 2026")).toBeVisible();
  expect(
    within(sheet)
      .getAllByTestId("desk-sheet-offer")
      .map((one) => one.querySelector("h4")?.textContent),
  ).toEqual(["Spa", "Golf"]);
  expect(within(sheet).getAllByTestId("desk-sheet-code")).toHaveLength(1);
  expect(screen.getByLabelText("Booking link of Spa as QR code")).toBeInTheDocument();
});

it("the desk sheet of the demo hotel says on paper that it is made up", async () => {
  const { user } = await openConsole((hotel) => void five(hotel.signedIn(true)));
  await user.click(press("show-desk-sheet"));
  expect(within(await screen.findByTestId("desk-sheet")).getByTestId("demo-mark")).toBeVisible();
});

it("who comes back is told what is different since", async () => {
  const { hotel, user } = await openConsole(five);
  await user.click(press("view-live"));
  await user.click(press("view-all"));
  window.dispatchEvent(new Event("pagehide"));
  cleanup();

  hotel.elsewhere.change("1", { title: "One more" });
  hotel.elsewhere.change("2", { is_active: false });
  hotel.elsewhere.remove("3");
  hotel.elsewhere.create({ title: "Six", short_description: "d", sort_order: 6 });
  render(App, { backend: hotel.open(), locale: "en-IE" });
  await screen.findByTestId("console");
  expect(press("handover-count")).toHaveTextContent("4");
  await user.click(press("show-handover"));
  const panel = await screen.findByTestId("handover");
  await waitFor(() =>
    expect(
      within(panel)
        .getAllByTestId("handover-row")
        .map((row) => row.textContent?.replace(/\s+/g, " ").trim()),
    ).toEqual([expect.stringMatching(/^Six/), "One more Title · elsewhere", "Two elsewhere", "Three elsewhere"]),
  );
  await user.click(press("handover-done"));
  expect(within(panel).getByText("Nothing is different.")).toBeVisible();
  expect(screen.queryByTestId("handover-count")).toBeNull();
});

it("an offer that is opened from what is new has the keyboard", async () => {
  const { hotel, user } = await openConsole(five);
  await user.click(press("view-all"));
  window.dispatchEvent(new Event("pagehide"));
  cleanup();
  hotel.elsewhere.create({ title: "Six", short_description: "d", sort_order: 6 });
  render(App, { backend: hotel.open(), locale: "en-IE" });
  await user.click(await screen.findByTestId("show-handover"));
  (await screen.findByTestId("handover-offer")).focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(field("title")).toHaveValue("Six"));
  await waitFor(() => expect(titleOf("Six")).toHaveFocus());
});

it("a copy has the photo of its offer, and says when it is not on this computer", async () => {
  const { hotel, user } = await openConsole((hotel) => {
    hotel.seed({ title: "Here", short_description: "d" }, "data:image/png;base64,AA");
    hotel.seed({ title: "Not here", short_description: "d" }, "data:image/png;base64,AB");
    hotel.pictures.forget("picture-2");
  });
  await user.click(within(card("Here")).getByTestId("offer-mark"));
  await user.click(within(card("Not here")).getByTestId("offer-mark"));
  await user.click(press("bulk-duplicate"));
  await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("2 duplicated, hidden"));
  const photos = hotel.calls.filter(({ method }) => method === "createOffer").map(({ args }) => args[1]);
  expect(photos).toEqual([null, expect.objectContaining({ name: "photo.jpg" })]);
  await user.click(press("bulk-each"));
  expect(screen.getByText(/^without its photo/)).toBeVisible();
});

it("who gives up moving dates by keyboard goes on among what can be done", async () => {
  const { user } = await openConsole(five);
  await user.click(mark("One"));
  press("bulk-move").focus();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(press("bulk-days")).toHaveFocus());
  await user.keyboard("{Escape}");
  await waitFor(() => expect(press("bulk").contains(document.activeElement)).toBe(true));
});
