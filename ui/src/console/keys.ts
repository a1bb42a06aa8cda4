/**
 * All keys of a console window, in one table: what is done when they are pressed, what tooltips say, and what F1 shows come from here.
 * Keys of the list, the timeline, formatted details and the menu's own items are handled where those are, and stand here for F1 alone (`at`).
 */
export type Shortcut =
  | "new"
  | "search"
  | "go"
  | "save"
  | "duplicate"
  | "mark-all"
  | "history"
  | "activity"
  | "handover"
  | "desk-sheet"
  | "cards"
  | "table"
  | "timeline"
  | "window"
  | "offer-window"
  | "preview"
  | "settings"
  | "larger"
  | "smaller"
  | "actual-size"
  | "keys"
  | "close";

/** `key` as `KeyboardEvent.key` has it, in lower case. Ctrl is Cmd on a Mac. */
type Press = { key: string; control?: true; shift?: true };
type Row = { words: string; group: string } & (
  { does: Shortcut; press: Press } | { at: "menu" | "list" | "timeline" | "details"; shown: string }
);

export const keyTable: readonly Row[] = [
  { does: "new", press: { key: "n", control: true }, words: "New offer", group: "Anywhere" },
  { does: "go", press: { key: "k", control: true }, words: "Go to an offer or command", group: "Anywhere" },
  { does: "search", press: { key: "f", control: true }, words: "Search", group: "Anywhere" },
  { does: "save", press: { key: "s", control: true }, words: "Save the offer being edited", group: "Anywhere" },
  { does: "duplicate", press: { key: "d", control: true }, words: "Duplicate the offer", group: "Anywhere" },
  { does: "history", press: { key: "h", control: true }, words: "Versions of the offer", group: "Anywhere" },
  { does: "cards", press: { key: "1", control: true }, words: "Cards", group: "Anywhere" },
  { does: "table", press: { key: "2", control: true }, words: "Table", group: "Anywhere" },
  { does: "timeline", press: { key: "3", control: true }, words: "Timeline", group: "Anywhere" },
  { does: "desk-sheet", press: { key: "p", control: true }, words: "Desk sheet for printing", group: "Anywhere" },
  {
    does: "handover",
    press: { key: "l", control: true, shift: true },
    words: "Since you were last here",
    group: "Anywhere",
  },
  { does: "activity", press: { key: "a", control: true, shift: true }, words: "Activity", group: "Anywhere" },
  { does: "window", press: { key: "n", control: true, shift: true }, words: "New window", group: "Anywhere" },
  { does: "preview", press: { key: "g", control: true }, words: "What guests see", group: "Anywhere" },
  { does: "settings", press: { key: ",", control: true }, words: "Settings", group: "Anywhere" },
  { does: "larger", press: { key: "+", control: true }, words: "Everything larger", group: "Anywhere" },
  { does: "smaller", press: { key: "-", control: true }, words: "Everything smaller", group: "Anywhere" },
  { does: "actual-size", press: { key: "0", control: true }, words: "Everything in its own size", group: "Anywhere" },
  { does: "keys", press: { key: "f1" }, words: "All keys", group: "Anywhere" },
  { does: "close", press: { key: "escape" }, words: "Close what is open", group: "Anywhere" },
  { at: "menu", shown: "Ctrl+W", words: "Close the window", group: "Anywhere" },
  { at: "menu", shown: "Ctrl+Q", words: "Quit", group: "Anywhere" },
  { at: "list", shown: "Arrows", words: "Move among the offers", group: "In the list" },
  { at: "list", shown: "Enter", words: "Edit", group: "In the list" },
  {
    does: "offer-window",
    press: { key: "enter", control: true },
    words: "Edit in a window of its own",
    group: "In the list",
  },
  { at: "list", shown: "Del", words: "Delete, after a question", group: "In the list" },
  { at: "list", shown: "Space", words: "Mark", group: "In the list" },
  { at: "list", shown: "Shift+Arrows", words: "Mark as far as", group: "In the list" },
  { does: "mark-all", press: { key: "a", control: true }, words: "Mark all", group: "In the list" },
  { at: "list", shown: "Alt+Arrows", words: "Change the order", group: "In the list" },
  { at: "timeline", shown: "Left, Right", words: "Move the dates by a day", group: "On a bar of the timeline" },
  { at: "timeline", shown: "Shift+Left, Right", words: "Move the last day", group: "On a bar of the timeline" },
  { at: "timeline", shown: "Ctrl+Left, Right", words: "Move the first day", group: "On a bar of the timeline" },
  { at: "details", shown: "Ctrl+B, Ctrl+I", words: "Bold, italic", group: "In formatted details" },
  { at: "details", shown: "Ctrl+Shift+8, 7", words: "List, numbered list", group: "In formatted details" },
  { at: "details", shown: "Ctrl+Shift+K", words: "Link", group: "In formatted details" },
  { at: "details", shown: "Ctrl+Z, Ctrl+Y", words: "Undo, redo", group: "In formatted details" },
];

/** What works in a window of one offer, which has no list; besides the keys of its menu and of formatted details. */
export const keysOfOneOffer: readonly Shortcut[] = [
  "save",
  "history",
  "activity",
  "window",
  "preview",
  "settings",
  "larger",
  "smaller",
  "actual-size",
  "keys",
  "close",
];

/** The table of a window: of all offers, or of one. */
export const keysThere = (alone: boolean): readonly Row[] =>
  alone
    ? keyTable.filter((row) =>
        "does" in row ? keysOfOneOffer.includes(row.does) : ["menu", "details"].includes(row.at),
      )
    : keyTable;

/** A box that is pressed has the focus too, and takes no text. */
const fieldKinds = "input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable='true']";
/** Where plus and minus are, and whether with Shift, differs from keyboard to keyboard. */
const sameKey: Record<string, string> = { "=": "+", _: "-" };
const anyShift = ["+", "-", "0"];
/** These mean something else where text is typed. */
export const notInFields: readonly Shortcut[] = ["mark-all", "offer-window"];

export function shortcut(event: KeyboardEvent): Shortcut | null {
  if (event.altKey) return null;
  const control = event.ctrlKey || event.metaKey;
  const pressed = event.key.toLowerCase();
  const key = control ? (sameKey[pressed] ?? pressed) : pressed;
  for (const row of keyTable) {
    if (!("does" in row)) continue;
    const { press } = row;
    if (press.key !== key || (press.control ?? false) !== control) continue;
    // Shift with Esc or a function key means nothing here.
    if (control && (press.shift ?? false) !== event.shiftKey && !anyShift.includes(key)) continue;
    const typing = event.target instanceof Element && event.target.matches(fieldKinds);
    return typing && notInFields.includes(row.does) ? null : row.does;
  }
  return null;
}

const names: Record<string, string> = { escape: "Esc", enter: "Enter" };

/** `Ctrl+Shift+A`. */
export function pressWords({ key, control, shift }: Press): string {
  const name = names[key] ?? key.toUpperCase();
  return [...(control ? ["Ctrl"] : []), ...(shift ? ["Shift"] : []), name].join("+");
}

export function keysOf(does: Shortcut): string {
  const row = keyTable.find((one) => "does" in one && one.does === does);
  return row && "press" in row ? pressWords(row.press) : "";
}

/** `New offer (Ctrl+N)`, for a tooltip. */
export const withKeys = (words: string, does: Shortcut): string => `${words} (${keysOf(does)})`;
