/** The photo of a copy: the one of the offer it is made of, as far as its bytes are on this computer. */
import type { Backend } from "../backend/backend";
import type { StagedPhoto, ViewOffer } from "../backend/bindings";

export async function photoForCopy(
  backend: Pick<Backend, "photoAgain">,
  { photo }: Pick<ViewOffer, "photo">,
): Promise<StagedPhoto | null> {
  const hash = photo?.hash ?? null;
  // A picture that cannot be sent again does not keep anybody from copying the rest.
  return hash === null ? null : backend.photoAgain(hash).catch(() => null);
}

/** What is said when there was none. */
export const withoutPhoto = ({ photo }: ViewOffer): string => (photo === null ? "" : "without its photo");
