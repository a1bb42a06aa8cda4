// The cards that guests see, as text: each element with its classes and what a reader, a screen reader or a click meets, each text with its blanks
// folded. Left out: the address of a photo, since a web page fetches it and a window of the console has it from this computer, and the names under
// which styles are scoped. Two pages with the same text show the same cards.
const cardsAsText = (root) => {
  const KEPT = ["data-testid", "href", "rel", "alt", "colspan", "open", "hidden", "role", "aria-label"];
  const lines = [];
  const write = (node, depth) => {
    const indent = "  ".repeat(depth);
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/[^\S\n]+/g, " ").trim();
      if (text) lines.push(indent + JSON.stringify(text));
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      const classes = [...node.classList].filter((name) => !name.startsWith("svelte-")).sort();
      const kept = KEPT.filter((name) => node.hasAttribute(name)).map((name) => ` ${name}=${JSON.stringify(node.getAttribute(name))}`);
      lines.push(indent + [node.localName, ...classes].join(".") + kept.join(""));
      node.childNodes.forEach((child) => write(child, depth + 1));
    }
  };
  root.querySelectorAll('[data-testid="guest-offer"]').forEach((offer) => {
    lines.push(`offer ${offer.dataset.offerId}`);
    offer.querySelectorAll("article").forEach((card) => write(card, 1));
  });
  return lines.join("\n") + "\n";
};
