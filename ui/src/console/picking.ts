/** What a click on an offer means: Shift and Ctrl mark, Enter and screen readers edit, anything else chooses. */
import type { OfferKey } from "../backend/bindings";
import type { Desk } from "./desk.svelte";

export function pickOffer(desk: Desk, key: OfferKey, event: MouseEvent): void {
  // Enter and screen readers click without a pointer: they want to edit, not only to look.
  if (event.detail === 0) return desk.edit(key);
  if (event.shiftKey) desk.marks.extend(key, desk.visible, desk.selected);
  else if (event.ctrlKey || event.metaKey) desk.marks.toggle(key);
  else desk.choose(key);
  // WebKit gives a clicked button no focus; the keys of the list need it.
  const row = event.currentTarget instanceof HTMLElement ? event.currentTarget : null;
  (row?.querySelector<HTMLElement>("[data-stop]") ?? row)?.focus({ preventScroll: true });
}
