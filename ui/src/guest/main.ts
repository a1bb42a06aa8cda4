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
  const settings = await configured();
  const { config, warnings } = readConfig(settings, location.href);
  if (settings === undefined) console.warn("HotelMate: config.json beside this page is missing or no JSON");
  for (const warning of warnings) console.warn(`HotelMate: config.json: ${warning}`);
  if (config === null) mount(Unset, { target });
  else mount(Site, { target, props: { page: new GuestPage(config, thisBrowser), locale: machineLocale() } });
}

/** The configuration, or undefined. Asked for as index.html has asked already: any other way would ask a second time. */
async function configured(): Promise<unknown> {
  try {
    return await (await fetch("config.json")).json();
  } catch {
    return undefined;
  }
}

void open();
