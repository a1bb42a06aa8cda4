/**
 * The rules of `model` and `sync` as far as the in-memory twin needs them: what a window sees of an offer with changes on their way,
 * what collides, and where it stands on the calendar. The real ones are in Rust.
 */
import type { FieldErrors } from "./backend";
import type {
  AppError,
  ErrorCode,
  FieldChange,
  FieldConflict,
  OfferFields,
  OfferKey,
  OfferPatch,
  Picture,
  Problem,
  Receipt,
  SyncState,
  Upload,
  Validity,
  ViewOffer,
} from "./bindings";

type Field = keyof OfferFields;

/** An offer as the engine holds it: the server's state, and what is on its way. */
export type Held = {
  key: OfferKey;
  /** null: the server has none yet */
  base: OfferFields | null;
  pending: OfferPatch;
  photo: Picture | null;
  upload: Upload | null;
  /** the server's photo */
  basePhoto: Picture | null;
  /** deleted here; the server does not know yet */
  deleting: boolean;
  /** deleted elsewhere while something made here was on its way */
  gone: boolean;
  createdAt: string | null;
  sync: SyncState;
  problem: Problem | null;
  conflicts: FieldConflict[];
  receipt: Receipt | null;
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

/** An edit on top of what has not left yet: one change from what the server has. */
export function pile(pending: OfferPatch, patch: OfferPatch): OfferPatch {
  const piled: OfferPatch = { ...pending };
  for (const name of Object.keys(patch) as Field[]) {
    const [first, then] = [pending[name], patch[name]];
    const follows = first && then && first.after === then.before;
    Object.assign(piled, { [name]: follows ? { before: first.before, after: then.after } : then });
  }
  return piled;
}

export function changesBetween(before: OfferFields, after: OfferFields): FieldChange[] {
  return (Object.keys(after) as Field[])
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}

/** Whether a window shows it: what was deleted here comes back only when a person must decide. */
export const isShown = (held: Held): boolean => !held.deleting || held.sync === "parked";

/** The server's order: `sort_order`, then newest first. */
export function compareHeld(a: Held, b: Held): number {
  const byOrder = fieldsOf(a).sort_order - fieldsOf(b).sort_order;
  return byOrder || (b.createdAt ?? "9").localeCompare(a.createdAt ?? "9");
}

/** The `sort_order` of each offer that must change so that `order` is the order. */
export function renumbered(order: readonly Held[], moved: Held): Map<Held, number> {
  const wanted = new Map<Held, number>();
  let last = -1;
  for (const held of order) {
    const now = fieldsOf(held).sort_order;
    const place = held === moved || (wanted.size > 0 && now <= last) ? last + 1 : now;
    if (place !== now) wanted.set(held, place);
    last = place;
  }
  return wanted;
}

export const DELETED_ELSEWHERE: Problem = {
  code: "not-found",
  message: "Deleted elsewhere while you changed it. Try again to create it anew, or discard your changes.",
  fields: null,
};
export const CHANGED_ELSEWHERE: Problem = {
  code: "changed",
  message: "Changed elsewhere since you deleted it. Try again to delete it all the same, or discard to keep it.",
  fields: null,
};

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

function validityOf({ valid_from, valid_to, is_active }: OfferFields, today: string): Validity {
  const daysTo = (date: string) => Math.abs(Date.parse(date) - Date.parse(today)) / DAY_MS;
  const at = (state: Validity["state"], date: string | null): Validity => ({
    state,
    date,
    days: date === null ? null : daysTo(date),
    shown: is_active,
  });
  const isOver = valid_to !== null && valid_to < today;
  if (!is_active) return at("hidden", isOver ? valid_to : null);
  if (isOver) return at("ended", valid_to);
  if (valid_from !== null && valid_from > today) return at("scheduled", valid_from);
  if (valid_to !== null && daysTo(valid_to) <= ENDING_WITHIN) return at("ending", valid_to);
  return at("live", valid_to);
}

/** An offer that the server has had for a while. */
export function fresh(key: OfferKey, base: OfferFields): Held {
  const createdAt = new Date(Date.UTC(2026, 9, 1, 12, 0, Number(key) || 0)).toISOString();
  return {
    key,
    base,
    pending: {},
    photo: null,
    basePhoto: null,
    deleting: false,
    gone: false,
    createdAt,
    sync: "synced",
    problem: null,
    conflicts: [],
    upload: null,
    receipt: null,
  };
}

/** What windows are shown of an offer. */
export function viewOf(held: Held, today: string): ViewOffer {
  const fields = fieldsOf(held);
  return structuredClone({
    key: held.key,
    id: held.key.startsWith("new:") ? null : Number(held.key),
    fields,
    photo: held.photo,
    createdAt: held.createdAt,
    sync: held.sync,
    validity: validityOf(fields, today),
    problem: held.problem,
    conflicts: held.conflicts,
    upload: held.upload,
    receipt: held.sync === "synced" ? held.receipt : null,
  });
}

export const appError = (code: ErrorCode, message: string, fields: FieldErrors | null = null): AppError => ({
  code,
  message,
  fields,
  retryAfter: null,
});
