/** Opens the page of its own, as `config.json` beside it says. */
import "./guest.css";

import { mount } from "svelte";

import { machineLocale } from "../shared/dates";
import { thisBrowser } from "./browser";
import { readConfig } from "./config";
import { GuestPage } from "./page.svelte";
import Site from "./Site.svelte";
import Unset from "./Unset.svelte";

const target = document.body;

async function open(): Promise<void> {
  const answer = await thisBrowser.get("config.json").catch(() => null);
  const { config, warnings } = readConfig(answer?.body, location.href);
  if (answer?.body === undefined) console.warn("HotelMate: config.json beside this page is missing or no JSON");
  for (const warning of warnings) console.warn(`HotelMate: config.json: ${warning}`);
  if (config === null) mount(Unset, { target });
  else mount(Site, { target, props: { page: new GuestPage(config, thisBrowser), locale: machineLocale() } });
}

void open();
