/** Opens the console in this window. */
import { mount } from "svelte";

import { createBackend } from "../backend";
import { addFonts } from "../shared/fonts";
import { forgetStylesOfWhatIsGone } from "../shared/restyle";
import App from "./App.svelte";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

addFonts(document);

try {
  mount(App, { target, props: { backend: await createBackend() } });
} catch (error) {
  target.textContent = error instanceof Error ? error.message : String(error);
}

forgetStylesOfWhatIsGone(document);
