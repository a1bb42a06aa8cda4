/** Offers to a spreadsheet and back: what is said before anything is changed, what is wanted, and what came of each row. */
import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import type { ChosenTable, Plan } from "../src/backend/bindings";
import { newFields } from "../src/console/draft";
import { lastCall, type Opened, openConsole, titles } from "./window";

const create = (title: string, twin = false): Plan => ({
  kind: "create",
  fields: { ...newFields(), title, short_description: "By the lake." },
  twin,
  cleaned: false,
});

const table = (...plans: Plan[]): ChosenTable => ({
  name: "winter.csv",
  preview: {
    encoding: "utf8",
    ignored: [],
    rows: plans.map((plan, at) => ({
      number: at + 2,
      title: plan.kind === "create" ? plan.fields.title : `Row of ${at + 2}`,
      plan,
    })),
  },
});

const renamed: Plan = {
  kind: "update",
  key: "1",
  patch: { title: { before: "Spa weekend", after: "Spa days" } },
  cleaned: false,
};
const wrong: Plan = { kind: "wrong", errors: [{ column: "valid_to", words: "“soon” is not a date." }] };

const all = create("Seaweed bath");
const rows = () => screen.getAllByTestId("import-row");

async function choose(chosen: ChosenTable): Promise<Opened> {
  const opened = await openConsole();
  opened.hotel.nextTable = chosen;
  await opened.user.click(screen.getByTestId("show-tables"));
  await opened.user.click(screen.getByTestId("import-pick"));
  await screen.findByTestId("import-preview");
  return opened;
}

const written = (hotel: Opened["hotel"]) =>
  hotel.calls.filter(({ method }) => method === "createOffer" || method === "updateOffer").length;

describe("an export", () => {
  it("writes the offers of the view, in the order they are shown in", async () => {
    const { hotel, user } = await openConsole();
    await user.click(screen.getByTestId("show-tables"));
    await user.click(screen.getByTestId("export-offers"));
    expect(await screen.findByTestId("export-written")).toHaveTextContent(
      "2 offers written to /home/frontdesk/offers.csv",
    );
    expect(lastCall(hotel, "exportOffers")).toEqual([["1", "2"]]);
  });

  it("says when the file cannot be written", async () => {
    const { hotel, user } = await openConsole();
    hotel.failNext("exportOffers", "storage", "The disk is full.");
    await user.click(screen.getByTestId("show-tables"));
    await user.click(screen.getByTestId("export-offers"));
    expect(await screen.findByTestId("tables-error")).toHaveTextContent("The disk is full.");
  });

  it("is reached from the palette", async () => {
    const { hotel, user } = await openConsole();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "export this{Enter}");
    await waitFor(() => expect(lastCall(hotel, "exportOffers")).toEqual([["1", "2"]]));
  });
});

describe("an import", () => {
  it("says what each row would do, errors first, and changes nothing", async () => {
    const { hotel } = await choose(table(renamed, all, { kind: "unchanged", key: "2" }, wrong));
    expect(screen.getByTestId("import-preview")).toHaveTextContent(
      "1 new offer, 1 changed, 1 unchanged, 1 with errors",
    );
    expect(rows().map((row) => row.dataset["row"])).toEqual(["5", "2", "3"]);
    expect(rows()[0]).toHaveTextContent(/Row 5.*valid_to.*“soon” is not a date/);
    expect(rows()[1]).toHaveTextContent(/Title.*Spa weekend.*→.*Spa days/);
    expect(screen.getByTestId("import-result")).toHaveTextContent("Nothing has been changed yet.");
    expect(written(hotel)).toBe(0);
  });

  it("says all that a new offer would have, and whether guests would see it", async () => {
    const full = create("Seaweed bath");
    if (full.kind === "create")
      Object.assign(full.fields, {
        tag: "Spa",
        valid_from: "2026-12-01",
        book_now_url: "https://book.hotel.example/wrong",
        details_text: "Bring a towel.",
        details_html: "<p>Bring a <b>towel</b>.</p>",
      });
    await choose(table(full, create("Bare")));
    const [rich, bare] = rows();
    expect(rich).toHaveTextContent(/Tag.*Spa.*From.*1 Dec.*2026|From.*1 Dec.*2026.*Tag.*Spa/);
    expect(rich).toHaveTextContent(/Booking link.*https:\/\/book\.hotel\.example\/wrong/);
    expect(rich).toHaveTextContent(/Details.*Bring a towel\./);
    expect(rich).toHaveTextContent(/Shown to guests.*shown to guests/);
    expect(bare).toHaveTextContent(/Shown to guests/);
    expect(bare).not.toHaveTextContent(/Tag|Booking link|Details|From/);
  });

  it("makes ordinary changes of the rows that are wanted, and says what came of each", async () => {
    const { hotel, user } = await choose(table(renamed, all, create("Not wanted")));
    await user.click(within(rows()[2] as HTMLElement).getByTestId("import-choose"));
    expect(screen.getByTestId("import-run")).toHaveTextContent("Import 2 rows");
    await user.click(screen.getByTestId("import-run"));
    await waitFor(() => expect(screen.getByTestId("import-result")).toHaveTextContent("2 rows imported"));
    expect(rows().map((row) => row.dataset["came"])).toEqual(["done", "done", undefined]);
    expect(lastCall(hotel, "updateOffer")).toEqual(["1", renamed.kind === "update" && renamed.patch, null]);
    await user.keyboard("{Escape}");
    expect(titles()).toEqual(expect.arrayContaining(["Spa days", "Seaweed bath"]));
    expect(titles()).not.toContain("Not wanted");
  });

  it("goes on past a row that fails, which can be tried again", async () => {
    const { hotel, user } = await choose(table(renamed, all));
    hotel.failNext("updateOffer", "not-found", "It was deleted.");
    await user.click(screen.getByTestId("import-run"));
    await waitFor(() => expect(screen.getByTestId("import-result")).toHaveTextContent("1 row imported, 1 failed"));
    expect(rows()[0]).toHaveTextContent("It was deleted.");
    expect(screen.getByTestId("import-run")).toHaveTextContent("Import 1 row");
    await user.click(screen.getByTestId("import-run"));
    await waitFor(() => expect(screen.getByTestId("import-result")).toHaveTextContent("2 rows imported"));
    expect(written(hotel), "the one that was done is not done again").toBe(3);
  });

  it("does not want what seems to have been imported before, unless it is chosen", async () => {
    const { user } = await choose(table(create("Spa weekend", true)));
    expect(screen.getByTestId("import-twin")).toHaveTextContent("Was this table imported before?");
    expect(screen.getByTestId("import-run")).toBeDisabled();
    await user.click(screen.getByTestId("import-all"));
    expect(screen.getByTestId("import-run")).toBeEnabled();
  });

  it("says why a file is no table of offers, and keeps the one before", async () => {
    const { hotel, user } = await choose(table(all));
    hotel.failNext("pickTable", "invalid", "The file is empty.");
    await user.click(screen.getByTestId("import-pick"));
    expect(await screen.findByTestId("tables-error")).toHaveTextContent("The file is empty.");
    expect(rows()).toHaveLength(1);
  });

  it("is done by keyboard alone", async () => {
    const { hotel, user } = await openConsole();
    hotel.nextTable = table(renamed);
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByTestId("palette-input"), "import offers{Enter}");
    await screen.findByTestId("import-run");
    for (let step = 0; step < 20 && document.activeElement !== screen.getByTestId("import-run"); step++)
      await user.tab();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.getByTestId("import-result")).toHaveTextContent("1 row imported"));
  });

  it("lists a long table in parts", async () => {
    const { user } = await choose(table(...Array.from({ length: 250 }, (_, at) => create(`Offer ${at}`))));
    expect(rows()).toHaveLength(100);
    await user.click(screen.getByText("Show 100 more of 250"));
    expect(rows()).toHaveLength(200);
    expect(screen.getByTestId("import-run")).toHaveTextContent("Import 250 rows");
  });
});
