"""Triggers events with the official server library and prints what it answers, as JSON.

Arguments: app id, key, secret, port, channel.
"""

import json
import sys

import pusher

app_id, key, secret, port, channel = sys.argv[1:]
client = pusher.Pusher(app_id=app_id, key=key, secret=secret, host="127.0.0.1", port=int(port), ssl=False)
answers = {
    "trigger": client.trigger(channel, "offer-created", {"offer": {"title": "Fáilte"}, "action": "created"}),
    "batch": client.trigger_batch([{"channel": channel, "name": "offers-updated", "data": {"action": "sync"}}]),
    "channels": client.channels_info(),
    "channel": client.channel_info(channel, ["subscription_count"]),
    "auth": client.authenticate(channel="private-desk", socket_id="1.2"),
}
try:
    pusher.Pusher(app_id=app_id, key=key, secret="wrong", host="127.0.0.1", port=int(port), ssl=False).trigger(
        channel, "never", {}
    )
    answers["wrong secret"] = "accepted"
except pusher.errors.PusherBadAuth:
    answers["wrong secret"] = "refused"
print(json.dumps(answers))
