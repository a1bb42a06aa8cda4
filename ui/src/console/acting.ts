/** What keys and commands do in a window, whichever it is. What leads into the list is the window's own. */
import type { OfferKey } from "../backend/bindings";
import type { Desk } from "./desk.svelte";
import type { Shortcut } from "./keys";
import { nextZoom } from "./look.svelte";

/** `here`: the offer that keys are about. */
export function act(wanted: Shortcut, desk: Desk, here: () => OfferKey | null, search: () => void): void {
  switch (wanted) {
    case "new":
      return desk.create();
    case "search":
      return search();
    case "go":
      desk.overlay = "go";
      return;
    case "settings":
      desk.overlay = "settings";
      return;
    case "larger":
      return desk.zoom(nextZoom(desk.look.now.zoom, 1));
    case "smaller":
      return desk.zoom(nextZoom(desk.look.now.zoom, -1));
    case "actual-size":
      return desk.zoom(100);
    case "keys":
      desk.overlay = "keys";
      return;
    case "desk-sheet":
      desk.overlay = "sheet";
      return;
    case "save":
      return void desk.save();
    case "duplicate":
      return void desk.duplicate(here());
    case "mark-all":
      return desk.marks.all(desk.visible);
    case "history":
      return desk.showHistory(here());
    case "handover":
      return desk.showHandover();
    case "activity":
      return desk.activity.toggle();
    case "cards":
    case "table":
    case "timeline":
      return desk.look.choose({ layout: wanted });
    case "window":
      return void desk.run(() => desk.backend.openConsoleWindow());
    case "offer-window":
      return desk.openWindow(here());
    case "preview":
      return void desk.run(() => desk.backend.openPreviewWindow());
    case "close":
      return;
    default:
      wanted satisfies never;
  }
}

/** Closes what stands topmost. False: nothing was open. */
export function closeTopmost(desk: Desk, from: EventTarget | null): boolean {
  const isIn = (part: string) => from instanceof Element && from.closest(`[data-testid='${part}']`) !== null;
  if (isIn("activity")) desk.activity.close();
  else if (isIn("bulk")) desk.marks.clear();
  else if (desk.panel) desk.closePanel();
  else if (desk.editor) desk.closeEditor();
  else if (desk.activity.open) desk.activity.close();
  else if (desk.marks.size > 0) desk.marks.clear();
  else return false;
  return true;
}
