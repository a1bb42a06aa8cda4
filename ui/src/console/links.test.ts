import { expect, it } from "vitest";

import { memoryAccount } from "../backend/memory";
import { type Known, stepOf } from "./links.svelte";

const SINCE = 1_000_000;
const known = (some: Partial<Known> = {}): Known => ({
  session: { state: "signed-in", account: memoryAccount, demo: false, tokenKept: "keyring" },
  connection: { state: "live", lastSynced: SINCE + 1 },
  listed: true,
  busy: false,
  ...some,
});
const step = (some: Partial<Known>, waited = 0) => stepOf("34", known(some), SINCE, waited);

it("a listed offer opens once nothing stands before it", () => {
  expect(step({})).toEqual({ do: "open" });
  expect(step({ session: null })).toEqual({ do: "wait" });
  expect(step({ busy: true })).toEqual({ do: "wait" });
});

it("an offer is missing only from a list that this window has seen read, or that nobody can read", () => {
  const listed = false;
  const missing = { do: "say", words: "Offer 34 is not listed at Hotel Killarney." };
  expect(step({ listed })).toEqual(missing);
  const old = { listed, connection: { state: "connecting", lastSynced: SINCE - 1 } } as const;
  expect(step(old)).toEqual({ do: "wait" });
  expect(step({ ...old, connection: { state: "live", lastSynced: null } })).toEqual({ do: "wait" });
  expect(step(old, 10_000)).toEqual(missing);
  expect(step({ ...old, connection: { state: "offline", lastSynced: null } })).toEqual({
    do: "say",
    words: "Offer 34 is not among the offers this computer knows.",
  });
});

it("whoever is signed out is asked to sign in, and the link stays", () => {
  expect(step({ session: { state: "signed-out" } })).toEqual({ do: "say", words: "Sign in, and offer 34 opens." });
});
