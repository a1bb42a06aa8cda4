/** Opens the console in this window. Small, so that it runs early: it asks the engine, which answers while the rest of the program is read. */
import { createBackend } from "../backend";
import { askedAhead } from "../backend/ahead";
import { machineLocale, prepareDates } from "../shared/dates";
import { addFonts } from "../shared/fonts";
import { forgetStylesOfWhatIsGone } from "../shared/restyle";

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

addFonts(document);

try {
  const backend = askedAhead(await createBackend());
  const program = import("./open");
  const locale = machineLocale();
  prepareDates(locale);
  (await program).open(target, backend, locale);
} catch (error) {
  target.textContent = error instanceof Error ? error.message : String(error);
}

forgetStylesOfWhatIsGone(document);
