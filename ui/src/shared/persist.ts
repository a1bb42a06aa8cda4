/** What fails for want of a network is tried again: less and less often, and at once when somebody looks again or the network is back. */

const FIRST_WAIT = 4_000;
/** What is gone for good is asked for now and then at most. */
const LAST_WAIT = 1_000_000;

/** Calls `work` whenever somebody looks again, or the network is back; what it returns ends that. */
export function onReturn(work: () => void): () => void {
  const look = () => document.visibilityState === "visible" && work();
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", work);
  return () => {
    document.removeEventListener("visibilitychange", look);
    window.removeEventListener("online", work);
  };
}

interface Circumstances {
  /** it has failed just now: it begins with a wait */
  readonly failed?: boolean;
  /** called when the first attempt fails */
  readonly missed?: () => void;
}

/**
 * Works until that succeeds, and calls `done`. A page that nobody sees tries nothing until it is seen. What is returned ends it.
 */
export function persist<T>(
  work: () => Promise<T>,
  done: (result: T) => void,
  { failed = false, missed }: Circumstances = {},
): () => void {
  let isFirst = true;
  let ended = false;
  let wait = FIRST_WAIT;
  let endWait = (): void => undefined;

  const attempt = (): void => {
    endWait();
    work().then(
      (result) => {
        if (!ended) done(result);
      },
      () => {
        if (ended) return;
        if (isFirst) missed?.();
        isFirst = false;
        later();
      },
    );
  };
  const later = (): void => {
    // Many pages lose one server in the same moment.
    const milliseconds = wait * (1 + Math.random());
    wait = Math.min(wait * 4, LAST_WAIT);
    const id = setTimeout(() => {
      if (document.visibilityState === "visible") attempt();
    }, milliseconds);
    const endReturns = onReturn(() => {
      wait = FIRST_WAIT;
      attempt();
    });
    endWait = () => {
      clearTimeout(id);
      endReturns();
    };
  };

  if (failed) later();
  else attempt();
  return () => {
    ended = true;
    endWait();
  };
}
