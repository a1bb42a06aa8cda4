// Stand-in with the exact shapes that `cargo xtask codegen` will generate from Rust; it is overwritten by it.

/** `"23"`: the server's id; `"new:<uuid>"`: an offer the server has not answered for yet. */
export type OfferKey = string;

/** The editable fields of an offer, by the wire's names. Dates are `YYYY-MM-DD`. */
export type OfferFields = {
  title: string;
  short_description: string;
  details_text: string;
  details_html: string;
  valid_from: string | null;
  valid_to: string | null;
  tag: string;
  book_now_url: string;
  sort_order: number;
  is_active: boolean;
};
export type FieldName = keyof OfferFields | "photo";

/** What a field had when the editor opened, and what the user made of it. */
export type Change<T> = { before: T; after: T };
/** Only the fields that changed. */
export type OfferPatch = { [K in keyof OfferFields]?: Change<OfferFields[K]> | null };

export type SyncState = "synced" | "waiting" | "sending" | "parked" | "conflict";

/** Where an offer stands on the calendar of the hotel; words are the UI's. `days` counts from today to `date`
 *  (scheduled: until it starts; live/ending: until its last day, 0 = today; ended: since its last day). */
export type Validity = {
  state: "hidden" | "scheduled" | "live" | "ending" | "ended";
  date: string | null;
  days: number | null;
  /** guests see it now: the server lists active offers whatever their dates */
  shown: boolean;
};

/** `hash` null: it has a photo that is not on this computer yet. Address: photoUrl(hash) of the backend. */
export type Picture = { hash: string | null };

export type Problem = { code: ErrorCode; message: string; fields: FieldErrors | null };
export type FieldErrors = { [field: string]: string[] };

/** A field that changed here and elsewhere; values as JSON of the field's own type. */
export type FieldConflict = { field: FieldName; base: FieldValue; mine: FieldValue; theirs: FieldValue };
export type FieldValue = string | number | boolean | null;

export type ViewOffer = {
  key: OfferKey;
  id: number | null;
  fields: OfferFields;
  photo: Picture | null;
  createdAt: string | null;
  sync: SyncState;
  validity: Validity;
  /** why it is parked (also: "deleted elsewhere") */
  problem: Problem | null;
  conflicts: FieldConflict[];
};

export type Account = { username: string; hotelName: string; hotelSlug: string; apiUrl: string };
export type TokenKept = "keyring" | "file" | "this-run";
export type Session =
  | { state: "signed-out" }
  | { state: "signed-in"; account: Account; demo: boolean; tokenKept: TokenKept }
  /** the server no longer takes the token: cached offers stay visible, sending pauses, sign in again */
  | { state: "expired"; account: Account; demo: boolean; message: string };

export type Connection = {
  state: "live" | "connecting" | "offline" | "signed-out";
  /** Unix milliseconds of the next try, null when none is planned */
  retryAt: number | null;
  /** Unix milliseconds of the last complete, agreed state; null: never */
  lastSynced: number | null;
  /** operations not yet on the server */
  waiting: number;
  /** plain words when something needs saying, e.g. "Live updates: this key is not known" */
  message: string | null;
};

export type Notice = {
  id: number;
  kind: "created" | "deleted" | "attention";
  title: string;
  key: OfferKey | null;
  by: "elsewhere" | "another-window";
  /** label of the window that caused it; that window shows nothing */
  origin: string | null;
};

export type ViewChange =
  | { type: "offer"; offer: ViewOffer; /** it came from elsewhere: glow */ remote: boolean }
  | { type: "removed"; key: OfferKey }
  | { type: "renamed"; from: OfferKey; to: OfferKey }
  | { type: "connection"; connection: Connection }
  | { type: "session"; session: Session }
  | { type: "notice"; notice: Notice }
  /** everything may have changed (signed in or out): read a snapshot */
  | { type: "reset" };
export type Batch = { seq: number; changes: ViewChange[] };
/** Changes with seq > snapshot.seq apply to it. A gap in the numbers: read a snapshot again. Offers come unsorted. */
export type Snapshot = { seq: number; session: Session; connection: Connection; offers: ViewOffer[] };

export type ErrorCode =
  | "invalid" // see fields
  | "wrong-credentials"
  | "no-hotel"
  | "forbidden"
  | "unreachable"
  | "server"
  | "signed-out"
  | "not-found"
  | "photo"
  | "insecure" // plain http/ws to another machine: needs the user's consent (SignInForm.allowInsecure)
  | "storage"
  | "internal";
export type AppError = { code: ErrorCode; message: string; fields: FieldErrors | null; retryAfter: number | null };

export type SignInForm = {
  apiUrl: string;
  pusherKey: string;
  pusherCluster: string;
  pusherHost: string;
  pusherPort: number | null;
  pusherTls: boolean;
  username: string;
  allowInsecure: boolean;
};
export type CheckStep = { step: "address" | "sign-in" | "offers" | "live"; ok: boolean; message: string };

/** A picture chosen but not sent: its bytes are on this computer, `hash` names them. */
export type StagedPhoto = { hash: string; name: string; width: number; height: number; bytes: number };
export type PhotoChange = { set: StagedPhoto } | "remove";
export type Side = "mine" | "theirs";
export type Choice = { field: FieldName; side: Side };
