/** Keys that work anywhere in a console window. Those of the list and of fields live with them. */
export type Shortcut = "new" | "search" | "save" | "window" | "close" | "history" | "activity";

export function shortcut(event: KeyboardEvent): Shortcut | null {
  if (event.key === "Escape" && !event.ctrlKey && !event.metaKey) return "close";
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  switch (event.key.toLowerCase()) {
    case "n":
      return event.shiftKey ? "window" : "new";
    case "f":
      return event.shiftKey ? null : "search";
    case "s":
      return event.shiftKey ? null : "save";
    case "h":
      return event.shiftKey ? null : "history";
    case "a":
      // Ctrl+A alone selects all, as everywhere.
      return event.shiftKey ? "activity" : null;
    default:
      return null;
  }
}
