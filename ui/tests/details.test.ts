/** Details in their two kinds: formatted text being edited, what is kept of the server's own, and the two staying together. */
import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import type { UserEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { OfferPatch } from "../src/backend/bindings";
import type { MemoryHotel } from "../src/backend/memory";
import { card, field, lastCall, type Opened, openConsole } from "./window";

const LIST = "<ul><li>Breakfast</li><li>Late check-out</li></ul>";
const TABLE = "<table><tbody><tr><td>240 €</td></tr></tbody></table><script>count()</script>";

async function openOffer(details_html: string, details_text = ""): Promise<Opened> {
  const opened = await openConsole((hotel) => {
    hotel.seed({ title: "Spa weekend", short_description: "Two nights.", details_html, details_text });
  });
  await opened.user.click(within(card("Spa weekend")).getByTestId("offer-edit"));
  return opened;
}

const rich = () => screen.getByTestId("field-details_html");

const loaded = () => waitFor(() => expect(rich()).toHaveAttribute("contenteditable", "true"));

/** What is put in by pasting: jsdom has no typing into a page. */
async function paste(html: string, text = ""): Promise<void> {
  await loaded();
  rich().focus();
  const clipboardData = {
    getData: (kind: string) => (kind === "text/html" ? html : text),
    types: ["text/html"],
    files: [],
  };
  await fireEvent.paste(rich(), { clipboardData });
}

async function saved(hotel: MemoryHotel, user: UserEvent): Promise<OfferPatch> {
  await user.click(screen.getByTestId("save"));
  await waitFor(() => expect(lastCall(hotel, "updateOffer")).toBeDefined());
  return lastCall(hotel, "updateOffer")?.[1] as OfferPatch;
}

describe("formatted details", () => {
  it("are shown as text, and nothing of them is sent that nobody has touched", async () => {
    const { hotel, user } = await openOffer(LIST);
    await waitFor(() => expect(within(rich()).getAllByRole("listitem")).toHaveLength(2));
    await user.type(field("tag"), "Spa");
    expect(Object.keys(await saved(hotel, user))).toEqual(["tag"]);
  });

  it("are sent as edited, with the value that stood there", async () => {
    const { hotel, user } = await openOffer("<p>Tea</p>");
    await paste("<p>, cake</p>");
    await waitFor(() => expect(rich()).toHaveTextContent("Tea, cake"));
    expect((await saved(hotel, user)).details_html).toEqual({ before: "<p>Tea</p>", after: "<p>Tea, cake</p>" });
  });

  it("take of a pasted text what they can hold, and nothing else", async () => {
    const { hotel, user } = await openOffer("");
    await paste(
      "<html><head><style>p{color:red}</style></head><body><!--StartFragment--><h2 style='color:red'>Spa</h2>" +
        "<p class=MsoNormal>Two <b>nights</b> <span style='font-weight:700'>and</span> <i>tea</i><o:p></o:p></p>" +
        "<p><img src='https://a.example/x.jpg'><a href='javascript:x()'>bad</a> <a href='https://a.example/' target=_blank>good</a></p>" +
        "<!--EndFragment--></body></html>",
    );
    expect((await saved(hotel, user)).details_html?.after).toBe(
      "<p>Spa</p><p>Two <strong>nights</strong> <strong>and</strong> <em>tea</em></p>" +
        '<p>bad <a href="https://a.example/">good</a></p>',
    );
  });

  it("make a list of what Word writes as paragraphs that look like one", async () => {
    const { hotel, user } = await openOffer("");
    const item = (words: string) =>
      `<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span> </span></span>${words}</p>`;
    await paste(`<p>With:</p>${item("Tea")}${item("Cake")}`);
    expect((await saved(hotel, user)).details_html?.after).toBe("<p>With:</p><ul><li>Tea</li><li>Cake</li></ul>");
  });

  it("are formatted with the toolbar, which says what the cursor is in", async () => {
    const { hotel, user } = await openOffer("<p>Tea</p>");
    await loaded();
    expect(screen.getByTestId("rich-bullets")).toHaveAttribute("aria-pressed", "false");
    await user.click(screen.getByTestId("rich-bullets"));
    await waitFor(() => expect(screen.getByTestId("rich-bullets")).toHaveAttribute("aria-pressed", "true"));
    expect((await saved(hotel, user)).details_html?.after).toBe("<ul><li>Tea</li></ul>");
  });

  it("have a toolbar that Tab reaches, with arrows from there", async () => {
    const { user } = await openOffer("<p>Tea</p>");
    await loaded();
    field("details_text").focus();
    await user.tab();
    expect(screen.getByTestId("rich-bold")).toHaveFocus();
    await user.keyboard("{ArrowRight}");
    expect(screen.getByTestId("rich-italic")).toHaveFocus();
    await user.tab();
    expect(rich()).toHaveFocus();
  });

  it("that are edited back to what came are not changed, however that was spelt", async () => {
    const { user } = await openOffer("<P>Tea</P>");
    await loaded();
    await user.click(screen.getByTestId("rich-numbers"));
    expect(screen.getByTestId("save")).toBeEnabled();
    await user.click(screen.getByTestId("rich-numbers"));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("editor"), "nothing is asked").toBeNull());
  });

  it("that hold more than can be edited say so, and are kept", async () => {
    const { hotel, user } = await openOffer(`<p>Tea</p>${TABLE}`);
    expect(screen.getByTestId("details-beyond")).toHaveTextContent("These hold tables and code");
    expect(screen.queryByTestId("field-details_html")).toBeNull();
    await user.type(field("tag"), "Spa");
    expect(Object.keys(await saved(hotel, user))).toEqual(["tag"]);
  });

  it("that hold more are edited without it when the user says so", async () => {
    const { hotel, user } = await openOffer(`<p>Tea</p>${TABLE}`);
    await user.click(screen.getByTestId("details-open"));
    await waitFor(() => expect(rich()).toHaveTextContent("Tea240 €"));
    expect(screen.queryByTestId("details-beyond")).toBeNull();
    await paste("<p>!</p>");
    expect((await saved(hotel, user)).details_html?.after).toBe("<p>Tea</p><p>240 €!</p>");
  });

  it("are shown to staff as guests will read them, with links that lead nowhere here", async () => {
    await openOffer('<p>Tea</p><p><a href="https://a.example/">Book</a></p>');
    const details = screen.getByTestId("guest-details");
    expect(details).toHaveTextContent("Tea");
    expect(details.querySelector("[href], script")).toBeNull();
  });

  it("follow what somebody else makes of them, and ask where both have edited", async () => {
    const { hotel, user } = await openOffer("<p>Tea</p>");
    await waitFor(() => expect(rich()).toHaveTextContent("Tea"));
    hotel.elsewhere.change("1", { details_html: "<p>Coffee</p>" });
    await waitFor(() => expect(rich()).toHaveTextContent("Coffee"));
    await paste("<p>, cake</p>");
    hotel.elsewhere.change("1", { details_html: "<p><b>Water</b></p>" });
    await user.click(await screen.findByTestId("conflict-theirs-details_html"));
    await waitFor(() => expect(rich()).toHaveTextContent(/^Water$/));
  });
});

describe("a link", () => {
  async function asked(): Promise<Opened> {
    const opened = await openOffer("");
    await paste("<p>Tea</p>");
    await opened.user.click(screen.getByTestId("rich-link"));
    expect(screen.getByTestId("link-address")).toHaveFocus();
    return opened;
  }

  it("is completed, and says what is odd about it", async () => {
    const { hotel, user } = await asked();
    await user.type(screen.getByTestId("link-address"), "http://a.example");
    expect(screen.getByTestId("link-words")).toHaveTextContent("https:// is better");
    await user.clear(screen.getByTestId("link-address"));
    await user.type(screen.getByTestId("link-address"), "a.example/tea");
    expect(screen.getByTestId("link-words")).toHaveTextContent("Leads to https://a.example/tea");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByTestId("link-form")).toBeNull());
    expect((await saved(hotel, user)).details_html?.after).toBe(
      '<p>Tea<a href="https://a.example/tea">a.example/tea</a></p>',
    );
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])(
    "is refused in words as %s",
    async (bad) => {
      const { user } = await asked();
      await user.type(screen.getByTestId("link-address"), bad);
      await user.click(screen.getByTestId("link-apply"));
      expect(screen.getByTestId("link-words")).toHaveTextContent("A link leads to the web");
      expect(rich().querySelector("a")).toBeNull();
    },
  );

  it("is not made after Esc, which closes the form and not the editor", async () => {
    const { user } = await asked();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByTestId("link-form")).toBeNull());
    expect(screen.getByTestId("editor")).toBeVisible();
  });
});

describe("the two kinds of details", () => {
  it("stay together: the plain ones follow the formatted ones, which is said and can be taken back", async () => {
    const { hotel, user } = await openOffer("<p><b>Tea</b></p>", "Tea");
    await paste("<p>, cake</p>");
    await waitFor(() => expect(field("details_text")).toHaveValue("Tea, cake"));
    expect(screen.getByTestId("details-followed")).toHaveTextContent("The plain details follow.");
    await user.click(screen.getByTestId("details-unfollow"));
    expect(field("details_text")).toHaveValue("Tea");
    expect(screen.getByTestId("details-drift")).toHaveAttribute("data-drift", "differ");
    expect(Object.keys(await saved(hotel, user))).toEqual(["details_html"]);
  });

  it("stay together: formatted ones without any formatting follow the plain ones", async () => {
    const { hotel, user } = await openOffer("<p>Tea</p>", "Tea");
    await user.type(field("details_text"), " & cake");
    await waitFor(() => expect(rich()).toHaveTextContent("Tea & cake"));
    const patch = await saved(hotel, user);
    expect(patch.details_html).toEqual({ before: "<p>Tea</p>", after: "<p>Tea &amp; cake</p>" });
  });

  it("say so where they differ, and one is taken from the other", async () => {
    const { hotel, user } = await openOffer("<p><b>Tea</b></p>", "Tea");
    await user.type(field("details_text"), " and cake");
    expect(screen.getByTestId("details-drift")).toHaveTextContent("Guests read the formatted details");
    await user.click(screen.getByTestId("details-take-html"));
    await waitFor(() => expect(rich()).toHaveTextContent("Tea and cake"));
    expect(screen.queryByTestId("details-drift")).toBeNull();
    expect((await saved(hotel, user)).details_html?.after).toBe("<p>Tea and cake</p>");
  });

  it("say so where guests would read none", async () => {
    await openOffer("", "Tea");
    expect(screen.getByTestId("details-drift")).toHaveAttribute("data-drift", "no-html");
  });
});

describe("the history", () => {
  it("shows the words that changed, and no tags", async () => {
    const { hotel, user } = await openOffer("<p>Tea</p>");
    hotel.elsewhere.change("1", { details_html: "<p><b>Coffee</b></p>" });
    hotel.elsewhere.change("1", { details_html: "<p>Coffee</p>" });
    await user.click(screen.getByTestId("show-history"));
    await waitFor(() => expect(screen.getAllByTestId("history-row")).toHaveLength(3));
    const [first, second] = screen.getAllByTestId("history-row");
    expect(first).toHaveTextContent(/Formatted details\s*the same words in another format/);
    expect(second).toHaveTextContent(/Formatted details.*Tea.*→.*Coffee/);
    expect(second).not.toHaveTextContent("<");
  });
});
