/**
 * The rules of `model` and `sync` as far as the in-memory twin needs them: what a window sees of an offer with changes on their way,
 * what collides, and where it stands on the calendar. The real ones are in Rust.
 */
import type {
  FieldConflict,
  OfferFields,
  OfferKey,
  OfferPatch,
  Picture,
  Problem,
  SyncState,
  Validity,
} from "./bindings";

type Field = keyof OfferFields;

/** An offer as the engine holds it: the server's state, and what is on its way. */
export type Held = {
  key: OfferKey;
  base: OfferFields | null;
  pending: OfferPatch;
  photo: Picture | null;
  createdAt: string | null;
  sync: SyncState;
  problem: Problem | null;
  conflicts: FieldConflict[];
};

export const blank = (): OfferFields => ({
  title: "",
  short_description: "",
  details_text: "",
  details_html: "",
  valid_from: null,
  valid_to: null,
  tag: "",
  book_now_url: "",
  sort_order: 0,
  is_active: true,
});

export function fieldsOf({ base, pending }: Held): OfferFields {
  const wanted = Object.entries(pending).flatMap(([name, change]) => (change ? [[name, change.after]] : []));
  return { ...(base ?? blank()), ...(Object.fromEntries(wanted) as Partial<OfferFields>) };
}

export function patchTo(before: OfferFields, after: OfferFields): OfferPatch {
  const names = Object.keys(after) as Field[];
  return Object.fromEntries(
    names
      .filter((name) => before[name] !== after[name])
      .map((name) => [name, { before: before[name], after: after[name] }]),
  ) as OfferPatch;
}

export function conflictsOf({ base, pending }: Held): FieldConflict[] {
  if (base === null) return [];
  return (Object.keys(pending) as Field[]).flatMap((field) => {
    const change = pending[field];
    if (!change || base[field] === change.before || base[field] === change.after) return [];
    return [{ field, base: change.before, mine: change.after, theirs: base[field] }];
  });
}

const DAY_MS = 86_400_000;
const ENDING_WITHIN = 7;

export function validityOf({ valid_from, valid_to, is_active }: OfferFields, today: string): Validity {
  const daysTo = (date: string) => Math.abs(Date.parse(date) - Date.parse(today)) / DAY_MS;
  const at = (state: Validity["state"], date: string | null): Validity => ({
    state,
    date,
    days: date === null ? null : daysTo(date),
    shown: is_active,
  });
  if (!is_active) return at("hidden", null);
  if (valid_to !== null && valid_to < today) return at("ended", valid_to);
  if (valid_from !== null && valid_from > today) return at("scheduled", valid_from);
  if (valid_to !== null && daysTo(valid_to) <= ENDING_WITHIN) return at("ending", valid_to);
  return at("live", valid_to);
}
