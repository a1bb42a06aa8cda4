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
import { thisBrowser } from "./browser";
import { readConfig } from "./config";
import Embedded from "./Embedded.svelte";
import { GuestPage } from "./page.svelte";
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
    void this.#open(root);
  }

  disconnectedCallback(): void {
    this.#close?.();
    this.#close = null;
  }

  async #open(target: ShadowRoot): Promise<void> {
    const { config, warnings } = readConfig(await this.#settings(), location.href);
    for (const warning of warnings) console.warn(`HotelMate: <hotelmate-offers>: ${warning}`);
    if (!this.isConnected || this.#close) return;
    if (config === null) {
      const note = mount(Unset, { target });
      this.#close = () => void unmount(note);
      return;
    }
    const page = new GuestPage(config, thisBrowser);
    const offers = mount(Embedded, { target, props: { page, locale: machineLocale() } });
    this.#close = () => {
      page.stop();
      void unmount(offers);
    };
  }

  async #settings(): Promise<unknown> {
    const file = this.getAttribute("config");
    if (file === null) {
      const named = (name: string) => this.getAttribute(name) ?? undefined;
      const [key, cluster, host] = [named("pusher-key"), named("pusher-cluster"), named("pusher-host")];
      const pusher = { key, cluster, host, port: named("pusher-port"), tls: named("pusher-tls") };
      return { api: named("api"), slug: named("slug"), pusher };
    }
    const url = new URL(file, location.href).href;
    const answer = await thisBrowser.get(url).catch(() => null);
    const body = answer?.body;
    // A relative API is relative to the file that says it.
    if (typeof body === "object" && body !== null && "api" in body && typeof body.api === "string")
      return { ...body, api: new URL(body.api, url).href };
    return body;
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
