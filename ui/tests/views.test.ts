/** Looking at the offers: layouts, order, the views that ask for something, the timeline's dates, and what is kept of all that. */
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, it, vi } from "vitest";

import App from "../src/console/App.svelte";
import { card, field, lastCall, openConsole, titleOf, titles } from "./window";
import type { MemoryHotel } from "../src/backend/memory";

const press = (id: string) => screen.getByTestId(id);
const hotelOf =
  (...seeds: Parameters<MemoryHotel["seed"]>[0][]) =>
  (hotel: MemoryHotel) => {
    seeds.forEach((fields, at) => hotel.seed({ short_description: "d", sort_order: at, ...fields }));
  };
const season = hotelOf(
  { title: "Winter Spa", tag: "Spa", valid_from: "2026-11-20", valid_to: "2027-02-28" },
  { title: "Autumn Walks", tag: "Walks", valid_from: "2026-09-01", valid_to: "2026-11-14" },
  { title: "Christmas", tag: "Family", valid_from: "2026-12-18", valid_to: "2026-12-27" },
  { title: "Golf & Stay", tag: "Golf" },
);
const bar = (title: string) => within(card(title)).getByTestId("timeline-bar");

describe("the cards", () => {
  it("keep a list of thousands out of the page but for what is in sight, and are walked to its end", async () => {
    const { user } = await openConsole((hotel) => {
      for (let at = 0; at < 2_000; at++) hotel.seed({ title: `Offer ${at}`, short_description: "d", sort_order: at });
    });
    expect(screen.getAllByTestId("offer").length).toBeLessThan(200);
    expect(card("Offer 1")).toHaveAttribute("aria-posinset", "2");
    expect(card("Offer 1")).toHaveAttribute("aria-setsize", "2000");
    titleOf("Offer 0").focus();
    await user.keyboard("{End}");
    expect(document.activeElement).toHaveTextContent("Offer 1999");
    expect(screen.getAllByTestId("offer").length).toBeLessThan(200);
    expect(card("Offer 1999")).toHaveAttribute("aria-posinset", "2000");
    await user.type(press("search"), "offer 1999");
    expect(titles()).toEqual(["Offer 1999"]);
  });

  it("of another view are those of offers that went, but never with their photos", async () => {
    const { user } = await openConsole((hotel) => {
      hotel.seed({ title: "Winter Spa" }, "data:,spa");
      hotel.seed({ title: "Golf & Stay", is_active: false }, "data:,golf");
    });
    await user.click(press("view-live"));
    const element = card("Winter Spa");
    const photo = within(element).getByTestId("offer-photo");
    await user.click(press("view-hidden"));
    expect(card("Golf & Stay")).toBe(element);
    expect(element).toHaveAttribute("data-offer-id", "2");
    expect(within(element).getByTestId("offer-photo")).toHaveAttribute("src", "data:,golf");
    expect(photo, "it would stand until the other is read").not.toBeInTheDocument();
  });

  it("that another search leaves out are gone before what is left is filled", async () => {
    const { user } = await openConsole((hotel) => {
      for (let at = 0; at < 400; at++)
        hotel.seed({ title: `${at % 2 ? "Golf" : "Spa"} ${at}`, short_description: "d", sort_order: at });
    });
    const list = press("offer-list");
    const atFirst = titles().length;
    list.scrollTop = 6_000;
    await fireEvent.scroll(list);
    await waitFor(() => expect(titles().length, "the rows around those in sight").toBeGreaterThan(2 * atFirst));
    const filled: Node[] = [];
    const observer = new MutationObserver((changes) => filled.push(...changes.map(({ target }) => target)));
    observer.observe(list, { subtree: true, characterData: true });
    await user.click(press("search"));
    await user.paste("golf");
    expect(titles()[0]).toBe("Golf 1");
    observer.disconnect();
    expect(filled).not.toEqual([]);
    expect(filled.filter((node) => !node.isConnected)).toEqual([]);
  });

  it("go with their offers while the list is the same, or holds the keyboard", async () => {
    const { hotel, user } = await openConsole(
      hotelOf({ title: "Winter Spa" }, { title: "Golf & Stay", is_active: false }),
    );
    await user.click(press("view-live"));
    const element = card("Winter Spa");
    hotel.elsewhere.remove("1");
    hotel.elsewhere.create({ title: "Christmas", short_description: "d" });
    await waitFor(() => expect(titles()).toEqual(["Christmas"]));
    expect(element, "whoever presses a button of it meant its offer").not.toBeInTheDocument();

    await user.click(press("view-hidden"));
    const golf = titleOf("Golf & Stay");
    golf.focus();
    hotel.park("3", "No.");
    hotel.outside.alerts.tell({ type: "attention" });
    await waitFor(() => expect(titles()).toEqual(["Christmas"]));
    expect(golf).not.toBeInTheDocument();
  });
});

describe("a card that is dragged", () => {
  const three = hotelOf({ title: "Winter Spa" }, { title: "Christmas" }, { title: "Golf & Stay" });
  const at = (clientX: number) => ({ clientX, clientY: 10, button: 0, pointerId: 1, bubbles: true });
  /** What is seen of the card under the pointer. */
  const ghosts = () => document.querySelectorAll(".sortable-fallback").length;

  /** The first card, on its way to the end. Where nothing is laid out, it is put there by hand. */
  async function dragged() {
    const opened = await openConsole(three);
    const [first] = screen.getAllByTestId("offer");
    await fireEvent.pointerDown(first as Element, at(20));
    await new Promise((done) => setTimeout(done, 10));
    for (const x of [30, 60, 90]) await fireEvent.pointerMove(document, at(x));
    await waitFor(() => expect(document.querySelector(".sortable-ghost")).not.toBeNull());
    expect(ghosts()).toBe(1);
    press("offer-list").append(first as Element);
    return opened;
  }

  it("goes back where it was when a search ends the drag, and the cards follow on", async () => {
    await dragged();
    await fireEvent.input(press("search"), { target: { value: "golf" } });
    await waitFor(() => expect(titles()).toEqual(["Golf & Stay"]));
    expect(ghosts()).toBe(0);
    await fireEvent.input(press("search"), { target: { value: "" } });
    await waitFor(() => expect(titles()).toEqual(["Winter Spa", "Christmas", "Golf & Stay"]));
    await fireEvent.pointerUp(document, at(90));
    expect(titles()).toEqual(["Winter Spa", "Christmas", "Golf & Stay"]);
  });

  it("stays in the hand while something else of the look changes", async () => {
    const { user } = await dragged();
    await user.keyboard("{Control>}+{/Control}");
    expect(ghosts()).toBe(1);
    await fireEvent.pointerUp(document, at(90));
    await waitFor(() => expect(ghosts()).toBe(0));
  });
});

describe("a window's first cards", () => {
  afterEach(() => vi.unstubAllGlobals());

  // In the order of columns, rows, and the most rows around them.
  it.each([
    ["a window that has no size yet", 0, 0, 3 * (3 + 7)],
    ["a wide window", 1_920, 1_040, 6 * (4 + 7)],
  ])("are those that %s can show, and some rows around them", async (_, width, height, most) => {
    vi.stubGlobal("innerWidth", width);
    vi.stubGlobal("innerHeight", height);
    await openConsole((hotel) => {
      for (let at = 0; at < 200; at++) hotel.seed({ title: `Offer ${at}`, short_description: "d", sort_order: at });
    });
    const shown = titles().length;
    expect(shown).toBeLessThanOrEqual(most);
    expect(shown).toBeGreaterThanOrEqual((most * 4) / 11);
  });
});

describe.each(["layout-cards", "layout-table", "layout-timeline"])("an offer in %s", (layout) => {
  const two = (hotel: MemoryHotel) => {
    const walks = { title: "Autumn Walks", tag: "Walks", valid_to: "2026-11-14" };
    hotel.seed({ ...walks, short_description: "d", sort_order: 1 }, "data:,walks");
    hotel.seed({ title: "Golf & Stay", short_description: "d", sort_order: 2 });
  };
  const walks = () => within(card("Autumn Walks"));

  it("shows its photo, its tag, and its state in words", async () => {
    const { user } = await openConsole(two);
    await user.click(press(layout));
    expect(walks().getByTestId("offer-title")).toHaveTextContent(/^Autumn Walks$/);
    expect(walks().getByTestId("offer-tag")).toHaveTextContent(/^Walks$/);
    expect(walks().getByTestId("offer-state")).toHaveTextContent(/^Ended 14 Nov, still shown$/);
    expect(walks().getByTestId("offer-photo")).toHaveAttribute("src", "data:,walks");
    expect(walks().getByTestId("offer-photo")).toHaveAttribute("loading", "lazy");
    expect(within(card("Golf & Stay")).queryByTestId("offer-photo")).toBeNull();
  });

  it("tells a screen reader its state and its place", async () => {
    const { hotel, user } = await openConsole(two);
    await user.click(press(layout));
    const isBar = layout === "layout-timeline";
    const tells = (words: RegExp) => {
      const reached = card("Autumn Walks").querySelector<HTMLElement>("[data-stop]");
      if (isBar) expect(reached).toHaveAccessibleName(words);
      else expect(reached).toHaveAccessibleDescription(words);
    };
    tells(/Ended 14 Nov, still shown/);
    hotel.park("1", "No.");
    await waitFor(() => tells(/Ended 14 Nov, still shown.*needs you/));
    if (layout === "layout-table") return expect(card("Golf & Stay")).toHaveAttribute("aria-rowindex", "3");
    // By tag, the tags are rows as well.
    const [place, count] = isBar ? ["4", "4"] : ["2", "2"];
    expect(card("Golf & Stay")).toHaveAttribute("aria-posinset", place);
    expect(card("Golf & Stay")).toHaveAttribute("aria-setsize", count);
  });

  it("is edited, copied and deleted where it stands", async () => {
    const { hotel, user } = await openConsole(two);
    await user.click(press(layout));
    await user.click(walks().getByTestId("offer-edit"));
    expect(field("title")).toHaveValue("Autumn Walks");
    await user.click(walks().getByTestId("offer-duplicate"));
    await waitFor(() => expect(field("title")).toHaveValue("Autumn Walks (copy)"));
    await user.click(walks().getByTestId("offer-delete"));
    await user.click(await screen.findByTestId("confirm-delete"));
    await waitFor(() => expect(titles().sort()).toEqual(["Autumn Walks (copy)", "Golf & Stay"]));
    expect(lastCall(hotel, "deleteOffer")).toEqual(["1"]);
  });
});

it.each(["layout-cards", "layout-table", "layout-timeline"])(
  "an offer that is shown again in %s comes into sight again, selected or not",
  async (layout) => {
    const { hotel, user } = await openConsole((hotel) => {
      for (let at = 0; at < 400; at++) hotel.seed({ title: `Offer ${at}`, short_description: "d", sort_order: at });
    });
    await user.click(press(layout));
    const shown = () => titles().includes("Offer 0");
    hotel.outside.alerts.tell({ type: "offer", key: "1" });
    await waitFor(() => expect(field("title")).toHaveValue("Offer 0"));
    const list = press("offer-list");
    const scroller = layout === "layout-cards" ? list : (list.closest(".scroller") as HTMLElement);
    scroller.scrollTop = 9_000;
    await fireEvent.scroll(scroller);
    await waitFor(() => expect(shown()).toBe(false));
    hotel.outside.alerts.tell({ type: "offer", key: "1" });
    await waitFor(() => expect(shown()).toBe(true));
    // Another layout has another place to scroll.
    await user.click(press(layout === "layout-cards" ? "layout-table" : "layout-cards"));
    await user.click(press(layout));
    await waitFor(() => expect(shown()).toBe(true));
  },
);

describe("the table", () => {
  it("shows in a row that another offer takes no photo of the one before", async () => {
    const { user } = await openConsole((hotel) => {
      hotel.seed({ title: "Winter Spa" }, "data:,spa");
      hotel.seed({ title: "Golf & Stay", is_active: false }, "data:,golf");
    });
    await user.click(press("layout-table"));
    await user.click(press("view-live"));
    const row = card("Winter Spa");
    const photo = within(row).getByTestId("offer-photo");
    await user.click(press("view-hidden"));
    expect(card("Golf & Stay")).toBe(row);
    expect(within(row).getByTestId("offer-photo")).toHaveAttribute("src", "data:,golf");
    expect(photo, "it would stand until the other is read").not.toBeInTheDocument();
  });

  it("fills the rows of offers that went when another view is asked for", async () => {
    const { user } = await openConsole(hotelOf({ title: "Winter Spa" }, { title: "Golf & Stay", is_active: false }));
    await user.click(press("layout-table"));
    await user.click(press("view-live"));
    const row = card("Winter Spa");
    await user.click(press("view-hidden"));
    expect(card("Golf & Stay")).toBe(row);
    expect(row).toHaveAttribute("data-offer-id", "2");
  });

  it("shows the same offers, dense, and orders them by any column", async () => {
    const { user } = await openConsole(season);
    await user.click(press("layout-table"));
    expect(press("offer-list").tagName).toBe("TABLE");
    expect(titles()).toEqual(["Winter Spa", "Autumn Walks", "Christmas", "Golf & Stay"]);
    expect(within(card("Autumn Walks")).getByTestId("offer-state")).toHaveTextContent("Ended 14 Nov, still shown");

    await user.click(press("sort-title"));
    expect(titles()).toEqual(["Autumn Walks", "Christmas", "Golf & Stay", "Winter Spa"]);
    expect(press("sort-title").closest("th")).toHaveAttribute("aria-sort", "ascending");
    await user.click(press("sort-to"));
    await user.click(press("sort-to"));
    expect(titles()[0]).toBe("Golf & Stay");
    expect(press("sort-to").closest("th")).toHaveAttribute("aria-sort", "descending");
    await user.click(press("sort-to"));
    expect(titles()[0]).toBe("Winter Spa");
  });

  it("is walked with the arrow keys, and Enter edits", async () => {
    const { user } = await openConsole(season);
    await user.click(press("layout-table"));
    titleOf("Winter Spa").focus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(document.activeElement).toHaveTextContent("Christmas");
    await user.keyboard("{Enter}");
    expect(field("title")).toHaveValue("Christmas");
  });

  it("keeps a list of thousands out of the page but for what is in sight", async () => {
    const { user } = await openConsole((hotel) => {
      for (let at = 0; at < 2_000; at++) hotel.seed({ title: `Offer ${at}`, short_description: "d", sort_order: at });
    });
    await user.click(press("layout-table"));
    expect(screen.getAllByTestId("offer").length).toBeLessThan(60);
    expect(press("offer-list")).toHaveAttribute("aria-rowcount", "2001");
    await user.type(press("search"), "offer 1999");
    expect(titles()).toEqual(["Offer 1999"]);
  });
});

it("the last choice of view, layout and order is there in the next window", async () => {
  const { hotel, user } = await openConsole(season);
  await user.click(press("layout-table"));
  await user.click(press("sort-title"));
  await user.click(press("view-live"));
  cleanup();
  render(App, { backend: hotel.open(), locale: "en-IE" });
  await screen.findByTestId("console");
  expect(press("layout-table")).toHaveAttribute("aria-pressed", "true");
  expect(press("view-live")).toHaveAttribute("aria-current", "page");
  expect(titles()).toEqual(["Golf & Stay", "Winter Spa"]);
});

it("one click hides all that ended and guests still see, and says what came of each", async () => {
  const { hotel, user } = await openConsole(
    hotelOf(
      { title: "Autumn Walks", valid_to: "2026-11-14" },
      { title: "Summer Lake", valid_to: "2026-08-31" },
      { title: "Golf & Stay" },
    ),
  );
  expect(press("view-shown-ended")).toHaveTextContent("2");
  await user.click(press("view-shown-ended"));
  hotel.failNext("updateOffer", "storage", "The disk is full.");
  await user.click(press("hide-all"));
  await waitFor(() => expect(press("bulk-summary")).toHaveTextContent("1 of 2 hidden from guests, 1 failed"));
  expect(screen.getAllByTestId("bulk-row").map((row) => row.dataset["came"])).toEqual(["failed", "done"]);
  expect(screen.getAllByTestId("bulk-row")[0]).toHaveTextContent("The disk is full.");
  expect(titles()).toEqual(["Autumn Walks"]);
  expect(press("view-shown-ended")).toHaveTextContent("1");
});

it("an offer that is over stays under Ended when it is hidden from guests, and leaves what they still see", async () => {
  const { user } = await openConsole(
    hotelOf({ title: "Autumn Walks", valid_to: "2026-11-14" }, { title: "Summer Lake", valid_to: "2026-08-31" }),
  );
  await user.click(within(card("Autumn Walks")).getByRole("checkbox"));
  await user.click(press("bulk-hide"));
  await waitFor(() => expect(press("view-shown-ended")).toHaveTextContent("1"));
  expect(press("view-ended")).toHaveTextContent("2");
  await user.click(press("view-ended"));
  expect(titles()).toEqual(["Autumn Walks", "Summer Lake"]);
  expect(within(card("Autumn Walks")).getByTestId("offer-state")).toHaveTextContent("Hidden, ended 14 Nov");
  await user.click(press("view-shown-ended"));
  expect(titles()).toEqual(["Summer Lake"]);
});

describe("the timeline", () => {
  afterEach(() => vi.useRealTimers());

  async function timeline() {
    const opened = await openConsole(season);
    await opened.user.click(press("layout-timeline"));
    return opened;
  }

  it("reads each bar to a screen reader, shows today, and what a tag lacks from today on", async () => {
    await timeline();
    expect(bar("Winter Spa")).toHaveAccessibleName("Winter Spa, 20 Nov – 28 Feb, Live until 28 Feb");
    expect(bar("Golf & Stay")).toHaveAccessibleName("Golf & Stay, no dates, Live, no end date");
    expect(press("timeline-today")).toHaveAttribute("title", "Today, Sunday 22 November 2026");
    const gaps = screen.getAllByTestId("timeline-gap").map((gap) => gap.getAttribute("title"));
    expect(gaps).toEqual([
      "Spa: nothing from 1 Mar",
      "Walks: nothing from now",
      "Family: nothing now – 17 Dec",
      "Family: nothing from 28 Dec",
    ]);
  });

  it("says the dates on the bar", async () => {
    await timeline();
    expect(within(bar("Winter Spa")).getByTestId("timeline-dates")).toHaveTextContent("20 Nov – 28 Feb");
  });

  it("leads on by Tab from a bar to what can be done to its offer, and to no other's", async () => {
    const { user } = await timeline();
    bar("Winter Spa").focus();
    for (const id of ["offer-edit", "offer-duplicate", "offer-delete"]) {
      await user.tab();
      expect(within(card("Winter Spa")).getByTestId(id)).toHaveFocus();
      expect(screen.getAllByTestId(id).filter((one) => one.tabIndex === 0)).toHaveLength(1);
    }
  });

  it("goes from a month to two years", async () => {
    const { user } = await timeline();
    expect(press("timeline-stretch")).toHaveTextContent("Oct 2026 – Mar 2027");
    await user.click(press("timeline-zoom-out"));
    await user.click(press("timeline-zoom-out"));
    expect(press("timeline-stretch")).toHaveTextContent("Jul 2026 – Jun 2028");
    expect(press("timeline-zoom-out")).toBeDisabled();
    await user.selectOptions(press("timeline-zoom"), "Month");
    expect(press("timeline-stretch")).toHaveTextContent("Nov 2026 – Dec 2026");
    await user.click(screen.getByLabelText("Later"));
    await user.click(screen.getByLabelText("Later"));
    expect(screen.queryByTestId("timeline-today")).toBeNull();
    await user.click(press("timeline-home"));
    expect(press("timeline-today")).toBeInTheDocument();
  });

  it("is walked, and marked, in the order its rows stand in", async () => {
    const { user } = await openConsole(
      hotelOf(
        { title: "No tag" },
        { title: "Spa one", tag: "Spa" },
        { title: "Golf", tag: "Golf" },
        { title: "Spa two", tag: "spa" },
      ),
    );
    await user.click(press("layout-timeline"));
    expect(titles()).toEqual(["Spa one", "Spa two", "Golf", "No tag"]);
    bar("Spa one").focus();
    await user.keyboard("{ArrowDown}");
    expect(bar("Spa two")).toHaveFocus();
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(bar("No tag")).toHaveFocus();
    await user.click(within(card("Spa one")).getByTestId("offer-mark"));
    await user.keyboard("{Shift>}");
    await user.click(within(card("Spa two")).getByTestId("offer-mark"));
    await user.keyboard("{/Shift}");
    expect(press("bulk-count")).toHaveTextContent("2 marked");
  });

  it("keeps a row in the tab order that is in the page, whichever stands first", async () => {
    const { user } = await openConsole((hotel) => {
      hotel.seed({ title: "No tag", short_description: "d", sort_order: -1 });
      for (let at = 0; at < 300; at++)
        hotel.seed({ title: `Offer ${at}`, tag: "Spa", short_description: "d", sort_order: at });
    });
    await user.click(press("layout-timeline"));
    const stops = () => screen.getAllByTestId("timeline-bar").filter((one) => one.tabIndex === 0);
    expect(stops()).toEqual([bar("Offer 0")]);
    const scroller = press("offer-list").closest(".scroller") as HTMLElement;
    scroller.scrollTop = 4_000;
    await fireEvent.scroll(scroller);
    expect(stops()).toHaveLength(1);
    await user.click(press("timeline-zoom-out"));
    expect(scroller.scrollTop, "another stretch of days moves no row").toBe(4_000);
  });

  it("moves dates by keys: what is stepped within a moment is one edit", async () => {
    const { hotel, user } = await timeline();
    bar("Christmas").focus();
    await user.keyboard("{Shift>}{ArrowRight}{ArrowRight}{ArrowRight}{/Shift}");
    expect(bar("Christmas")).toHaveAccessibleName(/18 Dec – 30 Dec/);
    expect(lastCall(hotel, "updateOffer"), "not yet").toBeUndefined();
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")).toEqual([
        "3",
        { valid_to: { before: "2026-12-27", after: "2026-12-30" } },
        null,
      ]),
    );
    await user.keyboard("{ArrowLeft}");
    bar("Golf & Stay").focus();
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")?.[1]).toEqual({
        valid_from: { before: "2026-12-18", after: "2026-12-17" },
        valid_to: { before: "2026-12-30", after: "2026-12-29" },
      }),
    );
    expect(hotel.calls.filter(({ method }) => method === "updateOffer")).toHaveLength(2);
  });

  it("gives a step by key up on Esc, and says when there is nothing to move", async () => {
    const { hotel, user } = await timeline();
    bar("Christmas").focus();
    await user.keyboard("{ArrowRight}{Escape}");
    expect(bar("Christmas")).toHaveAccessibleName(/18 Dec – 27 Dec/);
    bar("Golf & Stay").focus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByText("Golf & Stay has no dates to move. Enter opens the editor.")).toBeInTheDocument();
    expect(lastCall(hotel, "updateOffer")).toBeUndefined();
  });

  it("moves an end that is dragged, and the whole bar otherwise", async () => {
    const { hotel, user } = await timeline();
    const track = bar("Christmas").parentElement as HTMLElement;
    // 182 days from October to March: two pixels a day.
    Object.defineProperty(track, "clientWidth", { value: 364 });
    const end = bar("Christmas").querySelector("[data-part='end']") as HTMLElement;
    await user.pointer([
      { keys: "[MouseLeft>]", target: end, coords: { clientX: 200, clientY: 10 } },
      { target: bar("Christmas"), coords: { clientX: 210, clientY: 10 } },
      { keys: "[/MouseLeft]", target: bar("Christmas"), coords: { clientX: 210, clientY: 10 } },
    ]);
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")).toEqual([
        "3",
        { valid_to: { before: "2026-12-27", after: "2027-01-01" } },
        null,
      ]),
    );
    expect(screen.queryByTestId("editor"), "a drag is no click").toBeNull();
    await user.pointer([
      { keys: "[MouseLeft>]", target: bar("Christmas"), coords: { clientX: 200, clientY: 10 } },
      { target: bar("Christmas"), coords: { clientX: 186, clientY: 10 } },
      { keys: "[/MouseLeft]", target: bar("Christmas"), coords: { clientX: 186, clientY: 10 } },
    ]);
    await waitFor(() =>
      expect(lastCall(hotel, "updateOffer")?.[1]).toMatchObject({ valid_from: { after: "2026-12-11" } }),
    );
  });

  it("counts a drag from where it began, also when the window loses the focus under the hand", async () => {
    const { hotel, user } = await timeline();
    Object.defineProperty(bar("Christmas").parentElement, "clientWidth", { value: 364 });
    const held = bar("Christmas").querySelector("[data-part='end']") as HTMLElement;
    const at = (clientX: number) => ({ coords: { clientX, clientY: 10 } });
    await user.pointer([
      { keys: "[MouseLeft>]", target: held, ...at(200) },
      { target: bar("Christmas"), ...at(212) },
    ]);
    window.dispatchEvent(new Event("blur"));
    await user.pointer([
      { target: bar("Christmas"), ...at(220) },
      { keys: "[/MouseLeft]", target: bar("Christmas"), ...at(220) },
    ]);
    await waitFor(() => expect(lastCall(hotel, "updateOffer")).toBeDefined());
    expect(hotel.calls.filter(({ method }) => method === "updateOffer").map(({ args }) => args[1])).toEqual([
      { valid_to: { before: "2026-12-27", after: "2027-01-06" } },
    ]);
  });

  it("opens the editor on a click, as everywhere", async () => {
    const { user } = await timeline();
    await user.click(bar("Christmas"));
    expect(field("title")).toHaveValue("Christmas");
  });
});
