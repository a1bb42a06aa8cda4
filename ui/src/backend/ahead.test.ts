import { expect, it, vi } from "vitest";

import { askedAhead } from "./ahead";
import type { Backend } from "./backend";
import type { Batch, Snapshot } from "./bindings";

const batch = (seq: number): Batch => ({ seq, changes: [] });

/** Answers snapshots by their number, and passes on what it is told. */
function engine() {
  const heard: ((batch: Batch) => void)[] = [];
  const calls: string[] = [];
  let seq = 0;
  const backend = {
    subscribe: vi.fn((onBatch: (batch: Batch) => void) => {
      calls.push("subscribe");
      heard.push(onBatch);
      return Promise.resolve(() => void calls.push("end"));
    }),
    snapshot: vi.fn(() => {
      calls.push("snapshot");
      return Promise.resolve({ seq: ++seq } as Snapshot);
    }),
  };
  return {
    backend: backend as typeof backend & Backend,
    calls,
    tell: (one: Batch) => heard.forEach((hear) => hear(one)),
  };
}

it("asks before anybody does, for the changes first, and once", async () => {
  const { backend, calls } = engine();
  const ahead = askedAhead(backend);
  await Promise.resolve();
  expect(calls).toEqual(["subscribe", "snapshot"]);
  await ahead.subscribe(() => undefined);
  expect((await ahead.snapshot()).seq).toBe(1);
  expect(calls).toEqual(["subscribe", "snapshot"]);
});

it("passes on what changed before anybody listened, and what changes afterwards", async () => {
  const { backend, tell } = engine();
  const ahead = askedAhead(backend);
  tell(batch(7));
  const heard: number[] = [];
  const end = await ahead.subscribe(({ seq }) => heard.push(seq));
  expect(heard).toEqual([7]);
  tell(batch(8));
  expect(heard).toEqual([7, 8]);
  end();
});

it("asks again whoever asks again", async () => {
  const { backend, calls } = engine();
  const ahead = askedAhead(backend);
  await ahead.subscribe(() => undefined);
  await ahead.snapshot();
  await ahead.subscribe(() => undefined);
  expect((await ahead.snapshot()).seq).toBe(2);
  expect(calls).toEqual(["subscribe", "snapshot", "subscribe", "snapshot"]);
});

it("tells whoever asks first that nobody answers, and asks again for whoever tries again", async () => {
  const { backend } = engine();
  backend.subscribe.mockRejectedValueOnce(new Error("no engine"));
  const ahead = askedAhead(backend);
  await expect(ahead.subscribe(() => undefined)).rejects.toThrow("no engine");
  await ahead.subscribe(() => undefined);
  expect((await ahead.snapshot()).seq).toBe(1);
});

it("tells whoever reads first that there is no snapshot, and asks again for whoever tries again", async () => {
  const { backend } = engine();
  backend.snapshot.mockRejectedValueOnce(new Error("no snapshot"));
  const ahead = askedAhead(backend);
  await ahead.subscribe(() => undefined);
  await expect(ahead.snapshot()).rejects.toThrow("no snapshot");
  expect((await ahead.snapshot()).seq).toBe(1);
});
