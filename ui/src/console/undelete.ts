/** Having a deleted offer back as this window last showed it. */
import type { Backend } from "../backend/backend";
import type { OfferKey, ViewOffer } from "../backend/bindings";
import { photoForCopy, withoutPhoto } from "./copies";
import { returnTo } from "./history.svelte";

type Commands = Pick<Backend, "createOffer" | "offerHistory" | "photoAgain" | "restoreVersion">;

/**
 * Takes a deletion back that has not left this computer, or has the offer created again, photo included. `lacks`: words for what could not
 * be brought back; empty: nothing.
 */
export async function undelete(commands: Commands, offer: ViewOffer): Promise<{ key: OfferKey; lacks: string }> {
  const [last] = await commands.offerHistory(offer.key);
  const { changes, photo } = last ? returnTo(last, offer) : { changes: [], photo: true };
  if (last && changes.length === 0 && !photo) return { key: await commands.restoreVersion(last.id), lacks: "" };
  // Edits that had not left went with the deletion: no version holds them.
  const again = await photoForCopy(commands, offer);
  return { key: await commands.createOffer(offer.fields, again), lacks: again ? "" : withoutPhoto(offer) };
}
