/**
 * The one surface between the window and the program behind it. `tauri.ts` is the real one, `memory.ts` its twin for component
 * tests. Every method rejects with an `AppError`. Nothing else in `ui/` may import `@tauri-apps/*`.
 */
import type {
  ActivityEntry,
  AppError,
  Batch,
  CheckStep,
  Choice,
  ChosenPhoto,
  ChosenTable,
  Draft,
  FilesOver,
  Focus,
  FollowedLink,
  GuestPreview,
  OfferFields,
  OfferKey,
  OfferPatch,
  OfferVersion,
  Opens,
  PhotoChange,
  SignInForm,
  Snapshot,
  StagedPhoto,
  Update,
  WaitingChanges,
  WantedAlerts,
  Zones,
} from "./bindings";

/** Messages by the wire's field names. */
export type FieldErrors = NonNullable<AppError["fields"]>;

/** Pixels: covering a card of this width, or fitting into a square. The shell makes no others. */
export type PhotoSize = { card: 160 | 320 | 640 | 1280 } | { within: 1024 };

export interface Backend {
  /** Label of this window, to leave out notices it caused itself. */
  readonly windowLabel: string;
  /** The one offer that this window is about; null: all of them. */
  readonly offer: OfferKey | null;
  /** The window a run of the program begins with: text that was left unsaved opens by itself in this one alone. */
  readonly isFirstWindow: boolean;
  /** Resolves once the subscription stands; read the snapshot only afterwards. */
  subscribe(onBatch: (batch: Batch) => void): Promise<() => void>;
  snapshot(): Promise<Snapshot>;

  signInForm(): Promise<SignInForm>;
  /** Lets the user choose a `.env` file; null: nothing was chosen. */
  pickSignInForm(): Promise<SignInForm | null>;
  signIn(form: SignInForm, password: string): Promise<void>;
  signInDemo(): Promise<void>;
  testConnection(form: SignInForm, password: string): Promise<CheckStep[]>;
  /**
   * Null with changes that are not on the server rejects with code "waiting-changes". "send-first" resolves once all is sent, and rejects
   * with that code when what is left needs a person, or when it was cancelled; offline it waits.
   */
  signOut(waiting: WaitingChanges | null): Promise<void>;
  /** Ends a "send-first" under way. */
  cancelSignOut(): Promise<void>;
  /** There is no keyring: keep the token in a file only this user can read. */
  keepTokenInFile(): Promise<void>;

  createOffer(fields: OfferFields, photo: StagedPhoto | null): Promise<OfferKey>;
  updateOffer(key: OfferKey, patch: OfferPatch, photo: PhotoChange | null): Promise<void>;
  deleteOffer(key: OfferKey): Promise<void>;
  uploadPhoto(key: OfferKey, photo: StagedPhoto): Promise<void>;
  /** Stops sending an offer's new photo, or waiting to. */
  cancelUpload(key: OfferKey): Promise<void>;
  /** Opens the file dialog; null: nothing chosen. Rejects with code "photo" when it is not usable, as the next three do. */
  pickPhoto(): Promise<ChosenPhoto | null>;
  /** One of the files dropped on this window last, by its place. */
  dropPhoto(place: number): Promise<ChosenPhoto>;
  /** null: nothing in the clipboard that could be a photo */
  pastePhoto(): Promise<ChosenPhoto | null>;
  /** Fetches a photo from the web. */
  photoAt(address: string): Promise<ChosenPhoto>;
  /** The picture of an offer, ready for a copy of it. null: it is not on this computer */
  photoAgain(hash: string): Promise<StagedPhoto | null>;
  /** Makes of a chosen file what will be sent, cut to the card's shape around a point or whole. */
  preparePhoto(chosen: ChosenPhoto, crop: Focus | null): Promise<StagedPhoto>;
  /** Told what is chosen from this window's menu, by the name of the command. Returns how to stop. */
  watchMenu(onChosen: (command: string) => void): Promise<() => void>;
  /** Makes grey what is not among these names in this window's menu. */
  setMenu(names: string[]): Promise<void>;
  /** Told of files that are dragged over this window. Returns how to stop. */
  watchFiles(onFiles: (files: FilesOver) => void): Promise<() => void>;
  /** Try a parked change again, as it is. */
  retryOffer(key: OfferKey): Promise<void>;
  /** Drop the waiting, parked or conflicting changes of an offer: the server's state shows again. */
  discardChanges(key: OfferKey): Promise<void>;
  resolveConflict(key: OfferKey, choices: Choice[]): Promise<void>;
  /** Moves an offer to stand before another one in the whole list; null: to its end. */
  reorderOffer(key: OfferKey, before: OfferKey | null): Promise<void>;

  /** Newest first. */
  offerHistory(key: OfferKey): Promise<OfferVersion[]>;
  /** The last state of each deleted offer this computer saw, newest first. */
  deletedOffers(): Promise<OfferVersion[]>;
  /** As an ordinary edit; a deleted offer is created anew. Answers the key to show. */
  restoreVersion(id: number): Promise<OfferKey>;

  /** Keeps what stands in an editor, in place of what was kept under the same id. */
  saveDraft(draft: Draft): Promise<void>;
  dropDraft(id: string): Promise<void>;
  /** What no window shows any more: of an earlier run, or of a window that was closed. Newest first. */
  drafts(): Promise<Draft[]>;

  /** Opens the save dialog and writes a table (CSV) of these offers; the path written, null: cancelled. */
  exportOffers(keys: OfferKey[]): Promise<string | null>;
  /** Opens the file dialog and says what a table would change; null: nothing chosen. Changes nothing. */
  pickTable(): Promise<ChosenTable | null>;

  /** The part of an offer's HTML that may be shown. What is sent is cleaned likewise, unless the server has had it before. */
  cleanMarkup(html: string): Promise<string>;

  /** Newest first, at most 200; older than the entry `before`. */
  activity(before: number | null): Promise<ActivityEntry[]>;
  /** Opens the save dialog; the path written, null: cancelled. */
  exportDiagnostics(): Promise<string | null>;

  /** The time zones there are, with their clocks as they stand now. */
  timeZones(): Promise<Zones>;
  /** Sets the hotel's, for every window; null: this computer's. Rejects with code "invalid" for a name that is none. */
  setTimeZone(name: string | null): Promise<void>;
  /** Says which notifications of the system are wanted on this computer. */
  setWantedAlerts(wanted: WantedAlerts): Promise<void>;
  /** Told when a notification was clicked and this window came up for it. Returns how to stop. */
  watchAlerts(onClicked: (opens: Opens) => void): Promise<() => void>;

  retryNow(): Promise<void>;
  /** How large everything in this window is, in percent. */
  setZoom(percent: number): Promise<void>;
  openConsoleWindow(): Promise<void>;
  /** Opens a window about this offer alone, or brings it to the front. */
  openOfferWindow(key: OfferKey): Promise<void>;
  /** Closes this window, which is about one offer. */
  closeOfferWindow(): Promise<void>;
  /** Opens the one guest preview, or brings it to the front. */
  openPreviewWindow(): Promise<void>;
  /** What guests see, and what they would see with everything that is not sent yet. Read it again when the feed tells of a change. */
  guestPreview(): Promise<GuestPreview>;
  /** Whether the page's address is known, so that it can be opened in a browser. */
  guestPageIsServed(): Promise<boolean>;
  openGuestPage(): Promise<void>;
  /** The link that the console was opened with; null: none, or another window has it. */
  takeLink(): Promise<FollowedLink | null>;
  /** Told that a link waits to be taken by this window. Returns how to stop. */
  watchLinks(onLink: () => void): Promise<() => void>;
  /** A newer version of the console, where an administrator has it looked up. */
  knownUpdate(): Promise<Update | null>;
  watchUpdate(onUpdate: (update: Update | null) => void): Promise<() => void>;
  /** Shows the page about it in the system's browser. */
  openUpdatePage(): Promise<void>;
  /** The first frame with content is painted: show the window. */
  windowReady(): Promise<void>;
  /** Without a size: the picture as it is. */
  photoUrl(hash: string, size?: PhotoSize): string;
}
