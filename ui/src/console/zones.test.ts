import { expect, it } from "vitest";

import { foundZones, isAnotherDay, MOST_ZONES, zoneClock, zoneDay, zoneName } from "./zones";

const zone = (name: string, offset = 0) => ({ name, offset });
const zones = ["America/Argentina/Buenos_Aires", "America/New_York", "Europe/Dublin", "Europe/London", "UTC"].map(
  (name) => zone(name),
);
const names = (query: string) => foundZones(zones, query).map(({ name }) => name);

it("zones are found by city and region, with blanks for the underscores", () => {
  expect(names("new york")).toEqual(["America/New_York"]);
  expect(names("buenos")).toEqual(["America/Argentina/Buenos_Aires"]);
  expect(names("EUROPE")).toEqual(["Europe/Dublin", "Europe/London"]);
  expect(names("europe/dub")).toEqual(["Europe/Dublin"]);
  expect(names("")).toEqual([]);
});

it("a city that begins with the word stands first, and no more are shown than one looks through", () => {
  expect(foundZones([zone("America/Adak"), zone("Europe/London"), zone("America/Lima")], "l")[0]?.name).toMatch(
    /London|Lima/,
  );
  const many = Array.from({ length: 50 }, (_, at) => zone(`Europe/Place_${at}`));
  expect(foundZones(many, "place")).toHaveLength(MOST_ZONES);
});

it("clocks and days are those of the place, whatever zone this computer is in", () => {
  const now = Date.parse("2026-11-22T22:30:00Z");
  expect(zoneClock(0, now, "en-IE")).toBe("22:30");
  expect(zoneClock(46_800, now, "en-IE")).toBe("11:30");
  expect(zoneDay(46_800, now, "en-IE")).toMatch(/^Monday,? 23 November$/);
  expect([isAnotherDay(46_800, 0, now), isAnotherDay(3_600, 0, now)]).toEqual([true, false]);
  expect(zoneName("America/Argentina/Buenos_Aires")).toBe("Buenos Aires, America, Argentina");
  expect([zoneName("UTC"), zoneName("Etc/UTC")]).toEqual(["UTC", "UTC"]);
});
