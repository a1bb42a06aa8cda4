// A web view that is painted without layers hands out its picture only when something is painted anew, so that a still page would be waited for
// without end. This lets something be painted, invisible and one pixel large, for two seconds.
const speck = document.createElement("i");
speck.style.cssText = "position: fixed; left: 0; top: 0; width: 1px; height: 1px";
let left = 40;
const stirring = setInterval(() => {
  left -= 1;
  if (speck.isConnected) speck.remove();
  else if (left > 0) document.body.append(speck);
  else clearInterval(stirring);
}, 50);
