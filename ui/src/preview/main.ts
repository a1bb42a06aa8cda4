/** Opens the guest preview in this window. */
import { mount } from "svelte";

import { createBackend } from "../backend";
import { addFonts } from "../shared/fonts";
import { forgetStylesOfWhatIsGone } from "../shared/restyle";
import Preview from "./Preview.svelte";

const target = document.getElementById("preview");
if (!target) throw new Error("preview.html has no #preview");

addFonts(document);

try {
  mount(Preview, { target, props: { backend: await createBackend() } });
} catch (error) {
  target.textContent = error instanceof Error ? error.message : String(error);
}

forgetStylesOfWhatIsGone(document);
