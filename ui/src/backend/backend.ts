/**
 * The one surface between the window and the program behind it. `tauri.ts` is the real one, `memory.ts` its twin for component
 * tests. Every method rejects with an `AppError`. Nothing else in `ui/` may import `@tauri-apps/*`.
 */
import type {
  AppError,
  Batch, Choice, CheckStep, OfferFields, OfferKey, OfferPatch, PhotoChange, SignInForm, Snapshot, StagedPhoto,
} from "./bindings";

/** Messages by the wire's field names. */
export type FieldErrors = NonNullable<AppError["fields"]>;

export interface Backend {
  /** Label of this window, to leave out notices it caused itself. */
  readonly windowLabel: string;
  /** Resolves once the subscription stands; read the snapshot only afterwards. */
  subscribe(onBatch: (batch: Batch) => void): Promise<() => void>;
  snapshot(): Promise<Snapshot>;

  signInForm(): Promise<SignInForm>;
  signIn(form: SignInForm, password: string): Promise<void>;
  signInDemo(): Promise<void>;
  testConnection(form: SignInForm, password: string): Promise<CheckStep[]>;
  signOut(): Promise<void>;
  /** There is no keyring: keep the token in a file only this user can read. */
  keepTokenInFile(): Promise<void>;

  createOffer(fields: OfferFields, photo: StagedPhoto | null): Promise<OfferKey>;
  updateOffer(key: OfferKey, patch: OfferPatch, photo: PhotoChange | null): Promise<void>;
  deleteOffer(key: OfferKey): Promise<void>;
  uploadPhoto(key: OfferKey, photo: StagedPhoto): Promise<void>;
  /** Opens the file dialog; null: nothing chosen. Rejects with code "photo" when it is not usable. */
  pickPhoto(): Promise<StagedPhoto | null>;
  /** Try a parked change again, as it is. */
  retryOffer(key: OfferKey): Promise<void>;
  /** Drop the waiting, parked or conflicting changes of an offer: the server's state shows again. */
  discardChanges(key: OfferKey): Promise<void>;
  resolveConflict(key: OfferKey, choices: Choice[]): Promise<void>;

  retryNow(): Promise<void>;
  openConsoleWindow(): Promise<void>;
  /** The first frame with content is painted: show the window. */
  windowReady(): Promise<void>;
  photoUrl(hash: string): string;
}
