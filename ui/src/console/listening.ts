/** For `onMount`: begins to listen, and ends it when the component goes, also when that is before it has begun. */
export function listening(begin: () => Promise<() => void>, failed: (error: unknown) => void): () => void {
  let stop: (() => void) | undefined;
  let ended = false;
  begin().then((how) => {
    if (ended) how();
    else stop = how;
  }, failed);
  return () => {
    ended = true;
    stop?.();
  };
}
