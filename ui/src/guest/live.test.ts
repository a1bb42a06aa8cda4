/** The line as the official client keeps it. */
import Pusher from "pusher-js";
import { beforeEach, expect, it, vi } from "vitest";

import { connect, type Listener } from "./live";

const SOURCE = { key: "k", host: "hub.example", port: null, tls: true } as const;

beforeEach(() => {
  // Nothing is dialled.
  vi.spyOn(Pusher.prototype, "connect").mockReturnValue();
  Pusher.instances.length = 0;
  Pusher.Runtime.getNetwork().unbind_all();
});

const listener = () => ({ subscribed: vi.fn(), lost: vi.fn(), event: vi.fn() }) satisfies Listener;

/** What the client's library would call when the network comes or goes, of all lines together. */
const boundToNetwork = (name: string): number => Pusher.Runtime.getNetwork().callbacks.get(name)?.length ?? 0;

it("nothing of a line that was stopped stays with the client's library, and others stay", () => {
  const heard = listener();
  const [one, other] = [connect(SOURCE, "killarney", heard), connect(SOURCE, "adare", listener())];
  const [client, kept] = Pusher.instances;
  expect(Pusher.instances).toHaveLength(2);
  one.stop();
  expect(Pusher.instances).toEqual([kept]);
  expect(boundToNetwork("online")).toBeGreaterThan(0);
  heard.lost.mockClear();
  client?.connection.emit("state_change", { previous: "connected", current: "unavailable" });
  client?.channel("hotel-killarney").emit("pusher:subscription_succeeded");
  expect(heard.lost).not.toHaveBeenCalled();
  expect(heard.subscribed).not.toHaveBeenCalled();
  other.stop();
  expect(Pusher.instances).toEqual([]);
  expect(boundToNetwork("online")).toBe(0);
});

it("a line that is stopped twice takes no other along", () => {
  const [one, other] = [connect(SOURCE, "killarney", listener()), connect(SOURCE, "adare", listener())];
  one.stop();
  one.stop();
  expect(Pusher.instances).toHaveLength(1);
  other.stop();
});
