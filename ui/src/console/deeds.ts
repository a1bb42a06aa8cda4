/** What can be done to many offers at once, and what that means for one of them. Each becomes an ordinary command: queued, conflicting, undoable. */
import type { OfferFields, OfferPatch, ViewOffer } from "../backend/bindings";
import { datePatch, moved } from "./timeline";
import { counted } from "./words";

/** 52 weeks: a Friday stays a Friday. */
export const SEASON_DAYS = 364;

export type Deed =
  | { what: "show" | "hide" | "delete" | "duplicate" | "next-year" }
  /** `days` may be negative */
  | { what: "move"; days: number };

/** What a deed does to one offer. */
export type Step =
  | { do: "nothing"; because: string }
  | { do: "update"; patch: OfferPatch }
  | { do: "delete" }
  | { do: "create"; fields: OfferFields };

export function stepOf({ fields }: ViewOffer, deed: Deed): Step {
  switch (deed.what) {
    case "show":
    case "hide": {
      const after = deed.what === "show";
      if (fields.is_active === after) return { do: "nothing", because: after ? "shown already" : "hidden already" };
      return { do: "update", patch: { is_active: { before: fields.is_active, after } } };
    }
    case "delete":
      return { do: "delete" };
    case "move": {
      const patch = datePatch(fields, moved(fields, "whole", deed.days));
      return patch ? { do: "update", patch } : { do: "nothing", because: "has no dates" };
    }
    case "duplicate":
      return { do: "create", fields: { ...fields, title: copyTitle(fields.title), is_active: false } };
    case "next-year":
      if (fields.valid_from === null && fields.valid_to === null) return { do: "nothing", because: "has no dates" };
      return {
        do: "create",
        fields: { ...fields, ...moved(fields, "whole", SEASON_DAYS), is_active: false },
      };
  }
}

const MOST_TITLE = 200;

/** `Spa weekend (copy)`, within what the server takes. */
export function copyTitle(title: string): string {
  const tail = " (copy)";
  return title.length + tail.length <= MOST_TITLE
    ? title + tail
    : `${title.slice(0, MOST_TITLE - tail.length - 1).trimEnd()}…${tail}`;
}

/** While it happens, and when it has. */
export function deedWords(deed: Deed): { doing: string; done: string } {
  switch (deed.what) {
    case "show":
      return { doing: "Showing", done: "shown to guests" };
    case "hide":
      return { doing: "Hiding", done: "hidden from guests" };
    case "delete":
      return { doing: "Deleting", done: "deleted" };
    case "duplicate":
      return { doing: "Duplicating", done: "duplicated, hidden" };
    case "next-year":
      return { doing: "Copying to next year", done: "copied to next year, hidden" };
    case "move": {
      const way = `${counted(Math.abs(deed.days), "day")} ${deed.days < 0 ? "earlier" : "later"}`;
      return { doing: `Moving ${way}`, done: `moved ${way}` };
    }
  }
}
