/**
 * The offers inside a hotel's own page, by one script tag:
 *
 * ```html
 * <script defer src="https://offers.hotel.example/killarney/embed.js"></script>
 * <hotelmate-offers api="https://hotel.example/api" slug="killarney" pusher-key="…" pusher-cluster="eu"></hotelmate-offers>
 * ```
 *
 * Or `config="…/config.json"` instead of the other attributes; `theme="dark"` and `theme="auto"` besides the light one. Styles stay on their side
 * of the shadow root in both directions. They are adopted, not written into the page, so a policy without inline styles allows them.
 */
import "./guest.css";

import { mount, unmount } from "svelte";

import { machineLocale } from "../shared/dates";
import { webAddress } from "./addresses";
import { thisBrowser } from "./browser";
import { readConfig } from "./config";
import Embedded from "./Embedded.svelte";
import { isObject } from "./offers";
import { GuestPage } from "./page.svelte";
import { settings } from "./settings";
import Unset from "./Unset.svelte";

/** All styles of the element as text: put in by the build, see vite.guest.config.ts. */
declare const HOTELMATE_STYLES: string;

class HotelmateOffers extends HTMLElement {
  #close: (() => void) | null = null;

  connectedCallback(): void {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    // Most sites are light whatever the system says.
    const theme = this.getAttribute("theme") ?? "light";
    if (theme === "auto") delete this.dataset.theme;
    else this.dataset.theme = theme === "dark" ? "dark" : "light";
    this.#close = this.#open(root);
  }

  disconnectedCallback(): void {
    this.#close?.();
    this.#close = null;
  }

  #open(target: ShadowRoot): () => void {
    let clear = (): void => undefined;
    const note = (): void => {
      clear();
      const shown = mount(Unset, { target });
      clear = () => void unmount(shown);
    };
    const open = (said: unknown): void => {
      const { config, warnings } = readConfig(said, location.href);
      for (const warning of warnings) console.warn(`HotelMate: <hotelmate-offers>: ${warning}`);
      if (config === null) return note();
      clear();
      const page = new GuestPage(config, thisBrowser);
      const offers = mount(Embedded, { target, props: { page, locale: machineLocale() } });
      clear = () => {
        page.stop();
        void unmount(offers);
      };
    };
    const end = this.#ask(open, note);
    return () => {
      end();
      clear();
    };
  }

  /** Calls `open` with the configuration, and `missed` when its file did not come at first. */
  #ask(open: (said: unknown) => void, missed: () => void): () => void {
    const file = this.getAttribute("config");
    if (file === null) {
      const named = (name: string) => this.getAttribute(name) ?? undefined;
      const [key, cluster, host] = [named("pusher-key"), named("pusher-cluster"), named("pusher-host")];
      const pusher = { key, cluster, host, port: named("pusher-port"), tls: named("pusher-tls") };
      open({ api: named("api"), slug: named("slug"), pusher });
      return () => undefined;
    }
    const url = webAddress(file, location.href);
    if (url === "") {
      open(undefined);
      return () => undefined;
    }
    const relative = (said: unknown): void => {
      // A relative API is relative to the file that says it.
      open(isObject(said) ? { ...said, api: webAddress(said.api, url) } : said);
    };
    return settings(() => thisBrowser.get(url), relative, missed);
  }
}

let shared: CSSStyleSheet | null = null;

function sheet(): CSSStyleSheet {
  if (!shared) {
    shared = new CSSStyleSheet();
    shared.replaceSync(HOTELMATE_STYLES);
  }
  return shared;
}

if (!customElements.get("hotelmate-offers")) customElements.define("hotelmate-offers", HotelmateOffers);
