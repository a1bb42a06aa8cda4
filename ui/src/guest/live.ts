/**
 * Live updates by the official Pusher client, on the hotel's public channel.
 *
 * Only WebSockets: the client's other ways fetch scripts from elsewhere, which a strict content security policy refuses.
 */
import Pusher, { type Options } from "pusher-js";

import type { LiveSource } from "./config";

export interface Listener {
  /** From now on events come: what was missed before is on the page. Also after each reconnect. */
  subscribed(): void;
  /** The line is gone, or was never there. */
  lost(): void;
  event(name: string, data: unknown): void;
}

export interface LiveLine {
  /** Dials at once unless it is connected: the client's own patience can be longer than ours. */
  retry(): void;
  stop(): void;
}

export function connect(source: LiveSource, slug: string, listener: Listener): LiveLine {
  const pusher = new Pusher(source.key, optionsOf(source));
  const channel = pusher.subscribe(`hotel-${slug}`);
  channel.bind_global((name: string, data: unknown) => {
    if (name === "pusher:subscription_succeeded") listener.subscribed();
    else if (!name.startsWith("pusher:")) listener.event(name, data);
  });
  const changed = ({ current }: { current: string }): void => {
    if (current !== "connected") listener.lost();
  };
  pusher.connection.bind("state_change", changed);
  return {
    retry: () => {
      // A client that was told to go for good has state "disconnected" or "failed": it is not asked again.
      if (!["connecting", "unavailable"].includes(pusher.connection.state)) return;
      pusher.disconnect();
      pusher.connect();
    },
    stop: () => {
      channel.unbind_all();
      pusher.connection.unbind("state_change", changed);
      pusher.disconnect();
      forget(pusher);
    },
  };
}

/** The library keeps every client that there ever was; an embedded element can come and go as long as the page around it is open. */
function forget(pusher: Pusher): void {
  const at = Pusher.instances.indexOf(pusher);
  if (at >= 0) Pusher.instances.splice(at, 1);
  // What clients bind to the network has no name to be unbound by: it goes with the last of them.
  if (Pusher.instances.length === 0) Pusher.Runtime.getNetwork().unbind_all();
}

function optionsOf(source: LiveSource): Options {
  const transports: Pick<Options, "enabledTransports" | "enableStats"> = {
    enabledTransports: ["ws", "wss"],
    enableStats: false,
  };
  if ("cluster" in source) return { ...transports, cluster: source.cluster, forceTLS: true };
  const { host, port, tls } = source;
  const ports = port === null ? {} : { wsPort: port, wssPort: port };
  return { ...transports, cluster: "", wsHost: host, forceTLS: tls, ...ports };
}
