/** What the palette leads to: every command, and every offer. Commands that make no sense now are left out. */
import type { OfferKey, ViewOffer } from "../backend/bindings";
import type { Desk } from "./desk.svelte";
import { keysOf, type Shortcut } from "./keys";
import { fold, matches, searchTerms } from "./search";
import { allViews } from "./views";

export type Command = { id: string; label: string; keys: string; run: () => void };

/** As many offers as one looks through; the others take one more letter. */
export const MOST_OFFERS = 30;

/** `here`: the one offer that all commands about an offer are about. */
export function commandsOf(desk: Desk, act: (does: Shortcut) => void, here: OfferKey | null): Command[] {
  const offer = desk.store.get(here);
  const key = (does: Shortcut, label: string): Command => ({
    id: does,
    label,
    keys: keysOf(does),
    run: () => act(does),
  });
  const about = (id: string, label: string, keys: string, run: (key: OfferKey) => void): Command[] => {
    if (!offer) return [];
    const { key, fields } = offer;
    return [{ id, label: `${label} “${fields.title}”`, keys, run: () => run(desk.store.currentKey(key)) }];
  };
  return [
    key("new", "New offer"),
    ...about("edit", "Edit", "Enter", (key) => desk.edit(key)),
    ...about("offer-window", "In a window of its own:", keysOf("offer-window"), (key) => desk.openWindow(key)),
    ...about("duplicate", "Duplicate", keysOf("duplicate"), (key) => void desk.duplicate(key)),
    ...about("history", "Versions of", keysOf("history"), (key) => desk.showHistory(key)),
    ...about("delete", "Delete", "Del", (key) => desk.askDelete(key)),
    key("search", "Search offers"),
    key("cards", "Show as cards"),
    key("table", "Show as a table"),
    key("timeline", "Show as a timeline"),
    ...allViews.map(({ name, heading }) => ({
      id: `view-${name}`,
      label: `View: ${heading}`,
      keys: "",
      run: () => desk.show(name),
    })),
    key("mark-all", "Mark all offers in this view"),
    key("desk-sheet", "Desk sheet: print what is valid today"),
    {
      id: "export",
      label: "Export this view as a table (CSV)",
      keys: "",
      run: () => {
        desk.showTables();
        void desk.exchange.save(desk.visible.map(({ key }) => key));
      },
    },
    { id: "import", label: "Import offers from a table (CSV)", keys: "", run: () => desk.showTables(true) },
    key("handover", "Since you were last here"),
    { id: "deleted", label: "Recently deleted", keys: "", run: () => desk.showDeleted() },
    key("activity", "Activity"),
    key("window", "New window"),
    key("preview", "What guests see: preview"),
    ...(desk.pageIsServed
      ? [{ id: "page", label: "Open the guest page in the browser", keys: "", run: () => desk.openPage() }]
      : []),
    key("settings", "Settings: time zone, notifications"),
    key("larger", "Make everything larger"),
    key("smaller", "Make everything smaller"),
    key("actual-size", "Show everything in its own size"),
    key("keys", "All keys"),
    { id: "sign-out", label: "Sign out", keys: "", run: () => desk.signOut() },
  ];
}

/** What the items of the menu do that make sense now: the commands, and what makes no sense in a list of them. */
export function menuItems(desk: Desk, act: (does: Shortcut) => void, here: OfferKey | null): Map<string, () => void> {
  const items = new Map(commandsOf(desk, act, here).map(({ id, run }) => [id, run]));
  items.set("go", () => act("go"));
  if (desk.editor) items.set("save", () => act("save"));
  return items;
}

export function found(commands: readonly Command[], offers: readonly ViewOffer[], query: string) {
  const terms = searchTerms(query);
  const hits: ViewOffer[] = [];
  if (terms.length > 0) {
    // Whose title has the words stands before whose text has them.
    const behind: ViewOffer[] = [];
    for (const offer of offers) {
      if (!matches(offer, terms)) continue;
      const title = fold(offer.fields.title);
      (terms.every((term) => title.includes(term)) ? hits : behind).push(offer);
      if (hits.length >= MOST_OFFERS) break;
    }
    hits.push(...behind.slice(0, MOST_OFFERS - hits.length));
  }
  return {
    offers: hits,
    commands: commands.filter(({ label }) => {
      const words = fold(label);
      return terms.every((term) => words.includes(term));
    }),
  };
}
