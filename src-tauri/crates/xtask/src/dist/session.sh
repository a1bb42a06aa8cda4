#!/bin/sh
# The desktop of `cargo xtask dist --try`, in the clean root, as an ordinary user on a session bus: a display, a driver for the window, and
# somebody who clicks on links, which come by a pipe. It ends with the process namespace that it runs in.
set -eu
cd "$HOME"
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>/tmp/display 2>/dev/null &
until [ -s /tmp/display ]; do sleep 0.1; done
DISPLAY=:$(cat /tmp/display)
export DISPLAY
mkfifo /tmp/links
WebKitWebDriver --port="$1" &
# Open for both, so that it has no end and no moment without a reader.
while read -r link; do
    xdg-open "$link" >>/tmp/clicked 2>&1 &
done <>/tmp/links
