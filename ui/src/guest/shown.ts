/** What there is to show: of a page at work (`page.svelte.ts`), or of a preview that comes from elsewhere. */
import type { GuestOffer, Hotel } from "./offers";

/** `unknown`: there is no such hotel. `unreachable`: nothing was ever read. */
export type State = "loading" | "shown" | "unknown" | "unreachable";

export interface ShownPage {
  readonly state: State;
  readonly offers: readonly GuestOffer[];
  /** null: nothing is known of it */
  readonly hotel: Hotel | null;
}
