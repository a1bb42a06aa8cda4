/**
 * For `onMount`: begins to listen, and ends it when the component goes, also when that is before it has begun. It begins after all effects of
 * the moment, so that a new window first says that it is there.
 */
export function listening(begin: () => Promise<() => void>, failed: (error: unknown) => void): () => void {
  let stop: (() => void) | undefined;
  let ended = false;
  const begun = Promise.resolve().then(begin);
  begun.then((how) => {
    if (ended) how();
    else stop = how;
  }, failed);
  return () => {
    ended = true;
    stop?.();
  };
}
