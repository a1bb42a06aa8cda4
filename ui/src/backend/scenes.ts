/**
 * Hotels to look at while working on screens: `npm run dev`, then `/?scene=offline`. Also what the pictures for a review are taken
 * from: `theme=dark` fixes the theme, `offers=500` fills the list, `entries=5000` the activity, and `click=offer-edit,show-history`
 * clicks the first of each test id in turn. Not in the build that ships.
 */
import type { Backend } from "./backend";
import type { ChosenTable, OfferFields, Row } from "./bindings";
import { MemoryHotel } from "./memory";
import { blank } from "./memory-rules";

const landscapes = [
  ["#f3c9a5", "#e9a27a", "#7d4a3c"],
  ["#9db9d8", "#d7e3ef", "#2e4a63"],
  ["#b7d2b0", "#e4edd4", "#3f6b4c"],
  ["#a9d3cf", "#dff0ea", "#2b6a5c"],
  ["#e8b36a", "#f3dcae", "#8a4b1e"],
  ["#4a4f7a", "#8f86b5", "#1f2140"],
] as const;

function landscape(at: number): string {
  const [top, bottom, hill] = landscapes[at % landscapes.length] ?? landscapes[0];
  const sun = 60 + ((at * 37 + 37) % 200);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 180"><defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="${top}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs><rect width="320" height="180" fill="url(#g)"/>
<circle cx="${sun}" cy="54" r="22" fill="#fff" opacity=".75"/><path d="M0 116Q80 80 160 118T320 104V180H0Z" fill="${hill}" opacity=".55"/>
<path d="M0 150Q90 120 180 148T320 134V180H0Z" fill="${hill}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

const offers: (Partial<OfferFields> & { title: string })[] = [
  {
    title: "Winter Spa Weekend",
    tag: "Spa",
    short_description: "Two nights, thermal suite, breakfast by the lake and a late check-out.",
    details_text: "Breakfast until noon\nThe thermal suite until ten",
    details_html:
      '<ul><li><strong>Breakfast</strong> until noon</li><li>The <a href="https://hotel.example/spa">thermal suite</a> until ten</li></ul>',
    valid_from: "2026-11-20",
    valid_to: "2027-02-28",
    book_now_url: "https://book.hotel.example/spa",
  },
  {
    title: "Family Christmas",
    tag: "Family",
    short_description: "Three nights over Christmas with a children's party and a visit from Santa.",
    valid_from: "2026-12-18",
    valid_to: "2026-12-27",
  },
  {
    title: "Midweek Escape",
    short_description: "Stay any Monday to Wednesday and save a fifth on dinner, bed and breakfast.",
    valid_from: "2026-09-01",
    valid_to: "2026-11-25",
  },
  { title: "Golf & Stay", tag: "Golf", short_description: "Eighteen holes at Killarney and a seaweed bath after." },
  {
    title: "Autumn Colours",
    tag: "Walks",
    short_description: "Guided walks in the National Park, packed lunch, hot whiskey.",
    valid_from: "2026-09-01",
    valid_to: "2026-11-14",
  },
  {
    title: "New Year Gala",
    short_description: "Black tie, six courses and fireworks over the lake.",
    valid_from: "2026-12-30",
    is_active: false,
  },
  {
    title: "Afternoon Tea for Two",
    tag: "Food",
    short_description: "Scones, finger sandwiches and a pot of the house blend.",
  },
];

const MINUTE_MS = 60_000;
const CLICK_MS = 250;

function clickThrough([next, ...others]: string[]): void {
  if (!next) return;
  setTimeout(() => {
    document.querySelector<HTMLElement>(`[data-testid="${next}"]`)?.click();
    clickThrough(others);
  }, CLICK_MS);
}

/** An offer with a past: elsewhere, in another window, here; and one that was deleted. */
function playHistory(hotel: MemoryHotel, backend: Backend): void {
  const begun = Date.now() - 26 * 60 * MINUTE_MS;
  const at = (minutes: number) => (hotel.now = () => begun + minutes * MINUTE_MS);
  const text =
    "Arrive on Friday for afternoon tea by the fire, swim in the thermal suite until ten, and sleep late: breakfast is served until noon on both days.";
  at(3);
  hotel.elsewhere.change("1", { details_text: text, tag: "Wellness" });
  at(610);
  hotel.elsewhere.change("1", { details_text: text.replace("until ten", "until eleven, with seaweed") });
  at(1_480);
  const other = hotel.open("console-2");
  void other.updateOffer("1", { valid_to: { before: "2027-02-28", after: "2027-03-31" } }, null);
  at(1_520);
  void backend.updateOffer(
    "1",
    { tag: { before: "Wellness", after: "Spa" } },
    hotel.pictures.next && { set: hotel.pictures.next },
  );
  void backend.deleteOffer("5");
  at(1_530);
  hotel.elsewhere.remove("6");
  hotel.settle();
}

/** An ordinary quarter of an hour, and a bad minute in it. */
function playActivity(hotel: MemoryHotel, entries: number): void {
  let now = Date.now() - 15 * MINUTE_MS;
  hotel.now = () => (now += 730);
  const request = (method: string, path: string, status: number | null, millis: number, error: string | null = null) =>
    hotel.note({ type: "request", method, path, status, millis, error });
  for (let turn = 0; turn < entries / 4; turn++) {
    request("GET", "/api/killarney/offers/", 200, 96 + turn);
    hotel.note({ type: "event", name: "offer-updated", offer: 1 + (turn % 7) });
    request("PATCH", `/api/killarney/offers/${1 + (turn % 7)}/`, 200, 61 + turn);
    hotel.note({ type: "change", key: "1", title: "Winter Spa Weekend", step: "sent", words: null });
  }
  request("PATCH", "/api/killarney/offers/3/", 503, 1_204, "Service Unavailable");
  hotel.note({ type: "retry", key: "3", title: "Midweek Escape", inMillis: 4_200, words: "The server is busy" });
  hotel.note({ type: "connection", state: "offline", words: "No answer from the live updates" });
  request("GET", "/api/killarney/offers/", null, 30_000, "timed out");
  hotel.note({ type: "connection", state: "live", words: null });
  hotel.note({ type: "events-skipped", count: 212 });
  request("PATCH", "/api/killarney/offers/3/", 400, 88, "Enter a valid URL.");
  hotel.note({ type: "change", key: "3", title: "Midweek Escape", step: "parked", words: "Enter a valid URL." });
}

/** A table that was worked on in a spreadsheet, with one date that it has rewritten. */
function winterTable(): ChosenTable {
  const fields = {
    ...blank(),
    title: "Seaweed Bath Day",
    short_description: "A hot bath of seaweed, and tea by the fire.",
  };
  const patch = {
    title: { before: "Midweek Escape", after: "Midweek Break" },
    valid_to: { before: "2026-11-25", after: "2027-01-31" },
  };
  const words =
    "“27/12/2026” is not a date like 2026-12-24. Spreadsheets rewrite dates: format the column as text, or as yyyy-mm-dd.";
  const rows: Row[] = [
    { number: 2, title: "Winter Spa Weekend", plan: { kind: "unchanged", key: "1" } },
    { number: 3, title: "Family Christmas", plan: { kind: "wrong", errors: [{ column: "valid_to", words }] } },
    { number: 4, title: "Midweek Break", plan: { kind: "update", key: "3", patch, cleaned: false } },
    { number: 5, title: fields.title, plan: { kind: "create", fields, twin: false, cleaned: false } },
  ];
  return { name: "winter.csv", preview: { encoding: "utf8", ignored: ["price"], rows } };
}

export function createScene(search: string): Backend {
  const wanted = new URLSearchParams(search);
  const scene = wanted.get("scene") ?? "live";
  if (wanted.has("theme")) document.documentElement.dataset["theme"] = wanted.get("theme") ?? "";
  clickThrough(wanted.get("click")?.split(",") ?? []);
  const hotel = new MemoryHotel({
    latency: 700,
    tokenKept: scene === "keyring" ? "this-run" : "keyring",
    form: { apiUrl: "https://hotel.example/api", pusherKey: "a1b2c3d4e5", pusherCluster: "eu", username: "frontdesk" },
  });
  if (scene === "history") hotel.now = () => Date.now() - 27 * 60 * MINUTE_MS;
  if (scene !== "empty") {
    const total = Number(wanted.get("offers") ?? offers.length);
    for (let at = 0; at < total; at++) {
      const fields = offers[at % offers.length] as (typeof offers)[number];
      const title = at < offers.length ? fields.title : `${fields.title} ${at}`;
      hotel.seed({ ...fields, title, sort_order: at }, at % offers.length === 6 ? null : landscape(at));
    }
  }
  hotel.pictures.next = {
    hash: hotel.pictures.add(landscape(8)),
    name: "spa-terrace.jpg",
    contentType: "image/jpeg",
    width: 2048,
    height: 1152,
    bytes: 312_400,
    source: {
      chosen: {
        hash: hotel.pictures.add(landscape(8)),
        name: "spa-terrace.jpg",
        width: 4032,
        height: 3024,
        bytes: 5_140_000,
      },
      crop: null,
      advice: [
        "Turned upright.",
        "The place where it was taken has been removed.",
        "Made smaller: 2048 × 1152 is what screens use.",
      ],
    },
  };
  hotel.nextTable = winterTable();
  const backend = hotel.open();
  if (scene === "signin") return backend;

  hotel.signedIn(scene === "demo");
  const change = (key: string, before: string, after: string) =>
    backend.updateOffer(key, { title: { before, after } }, null);
  if (scene === "offline") {
    hotel.offline(240_000, Date.now() - 900_000);
    void change("1", "Winter Spa Weekend", "Winter Spa Weekends");
    void change("3", "Midweek Escape", "Midweek Break");
  }
  if (scene === "conflict") {
    hotel.offline();
    void change("1", "Winter Spa Weekend", "Winter Spa Break");
    void backend.updateOffer("1", { valid_to: { before: "2027-02-28", after: "2027-03-31" } }, null);
    hotel.elsewhere.change("1", { title: "Spa Weekend for Two", valid_to: "2027-01-31" });
    hotel.online();
  }
  if (scene === "parked") {
    void change("3", "Midweek Escape", "Midweek Escapes");
    hotel.park("3", "The server did not take this change.", {
      tag: ["Ensure this field has no more than 50 characters."],
    });
  }
  if (scene === "expired") {
    hotel.offline();
    void change("3", "Midweek Escape", "Midweek Escapes");
    hotel.expire();
  }
  if (scene === "deleted-elsewhere") {
    hotel.offline();
    void change("3", "Midweek Escape", "Midweek Escapes");
    hotel.elsewhere.remove("3");
    hotel.online();
  }
  if (scene === "changed-elsewhere") {
    hotel.offline();
    void backend.deleteOffer("3");
    hotel.elsewhere.change("3", { title: "Midweek Break", tag: "Rest" });
    hotel.online();
  }
  if (scene === "sign-out") {
    hotel.offline(240_000);
    void change("1", "Winter Spa Weekend", "Winter Spa Weekends");
    void change("3", "Midweek Escape", "Midweek Break");
    void backend.createOffer(
      { ...blank(), title: "Seaweed Bath Day", short_description: "A hot bath of seaweed." },
      null,
    );
  }
  if (scene === "draft") {
    hotel.now = () => new Date().setHours(14, 5);
    const base = { ...blank(), ...offers[0], sort_order: 0 };
    const fields = { ...base, title: "Winter Spa Weekend for Two", short_description: "Two nights, thermal suite" };
    const unreadable = { valid_to: "end of Feb" };
    const earlier = hotel.open("earlier");
    void earlier.saveDraft({ id: "earlier", key: "1", base, fields, photo: null, unreadable, savedAt: 0 });
    hotel.windowClosed("earlier");
  }
  if (scene === "history" || scene === "deleted") playHistory(hotel, backend);
  if (scene === "activity") playActivity(hotel, Number(wanted.get("entries") ?? 240));
  if (scene === "storage") {
    hotel.sayStorage(
      "The data on this computer was damaged and has been set aside. 2 waiting changes were rescued; the offers were read again from the hotel.",
    );
  }
  if (scene === "replaced") {
    void backend.updateOffer("1", { title: { before: "Winter Spa Weekend", after: "Winter Spa Break" } }, null);
    setTimeout(() => hotel.elsewhere.justBefore("1", { title: "Spa days" }), 400);
  }
  if (scene === "clash") {
    const theirs = { title: "Spa Weekend for Two", valid_to: "2027-01-31" };
    setTimeout(() => hotel.elsewhere.change("1", theirs), 3_000);
  }
  if (scene === "toast")
    setTimeout(() => hotel.elsewhere.create({ title: "Seaweed Bath Day", short_description: "…" }), 500);
  return backend;
}
