// Subscribes with the official client and prints one line of JSON per thing it sees, until its input ends.
//
// Arguments: key, port, channel.

import Pusher from "pusher-js";

const [key, port, channel] = process.argv.slice(2);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const pusher = new Pusher(key, {
  cluster: "",
  wsHost: "127.0.0.1",
  wsPort: Number(port),
  forceTLS: false,
  enabledTransports: ["ws"],
  disableStats: true,
});
pusher.connection.bind("connected", () => say({ state: "connected", socket: pusher.connection.socket_id }));
pusher.connection.bind("error", (error) => say({ error }));
const subscription = pusher.subscribe(channel);
subscription.bind("pusher:subscription_succeeded", () => say({ subscribed: channel }));
subscription.bind_global((event, data) => {
  if (!event.startsWith("pusher:")) say({ event, data });
});

process.stdin.on("end", () => {
  pusher.disconnect();
  process.exit(0);
});
process.stdin.resume();
