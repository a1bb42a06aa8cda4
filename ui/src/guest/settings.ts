/** The file with the configuration: one that does not come is asked for again, one that is wrong is not. */
import { persist } from "../shared/persist";
import type { Answer } from "./browser";

/** What a server, or a proxy before it, says while it cannot answer. */
const isPassing = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/**
 * Calls `answered` with what the file holds, or undefined where that is no JSON, and `missed` when it did not come at first. What is returned ends it.
 */
export function settings(
  get: () => Promise<Answer>,
  answered: (settings: unknown) => void,
  missed: () => void,
): () => void {
  const ask = async (): Promise<unknown> => {
    const { status, body } = await get();
    if (isPassing(status)) throw new Error(`status ${status}`);
    return body;
  };
  return persist(ask, answered, { missed });
}
