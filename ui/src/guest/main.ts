/** Opens the page of its own, as `config.json` beside it says. */
import "./guest.css";

import { mount, unmount } from "svelte";

import { machineLocale } from "../shared/dates";
import { type Answer, ask, thisBrowser } from "./browser";
import { readConfig } from "./config";
import { GuestPage } from "./page.svelte";
import { settings } from "./settings";
import Site from "./Site.svelte";
import Unset from "./Unset.svelte";

const target = document.body;

/** What guests read meanwhile. */
let note: Record<string, unknown> | null = null;

function open(said: unknown): void {
  const { config, warnings } = readConfig(said, location.href);
  if (said === undefined) console.warn("HotelMate: config.json beside this page is missing or no JSON");
  for (const warning of warnings) console.warn(`HotelMate: config.json: ${warning}`);
  if (config === null) return missed();
  if (note) void unmount(note);
  mount(Site, { target, props: { page: new GuestPage(config, thisBrowser), locale: machineLocale() } });
}

function missed(): void {
  note ??= mount(Unset, { target });
}

/** Asked for as index.html has asked already: any other way would ask a second time. */
const configured = (): Promise<Answer> => ask("config.json");

settings(configured, open, missed);
