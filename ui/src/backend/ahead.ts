/**
 * Asks for what every window asks first, the changes and a snapshot, before the window's program is there to ask: the engine answers while it is
 * read. Whoever subscribes and reads for the first time gets those answers, in the same order; after that, the backend's own.
 */
import type { Backend } from "./backend";
import type { Batch, Snapshot } from "./bindings";

export function askedAhead(backend: Backend): Backend {
  const early: Batch[] = [];
  let hear = (batch: Batch): void => void early.push(batch);
  const subscription = backend.subscribe((batch) => hear(batch));
  let first: Promise<Snapshot> | null = subscription.then(() => backend.snapshot());
  // Told to whoever takes it.
  first.catch(() => undefined);
  let subscribed = false;

  return {
    ...backend,
    async subscribe(onBatch) {
      if (subscribed) return backend.subscribe(onBatch);
      subscribed = true;
      try {
        const end = await subscription;
        early.forEach(onBatch);
        hear = onBatch;
        return end;
      } catch (error) {
        first = null;
        throw error;
      }
    },
    snapshot() {
      const snapshot = first ?? backend.snapshot();
      first = null;
      return snapshot;
    },
  };
}
