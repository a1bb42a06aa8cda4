/**
 * What this window knows: session, connection and offers, kept in step with the engine by numbered batches.
 *
 * Protocol: subscribe, then read a snapshot, then apply the batches that came meanwhile and are newer than it. A gap in the
 * numbers, or a `reset`, means reading again. Nothing here is ever changed by hand: a command's effect arrives as a batch. A snapshot
 * takes the place of whole batches, but holds no notices: those are told all the same, once it was read.
 *
 * Built for ten thousand offers: the list is kept sorted, a changed offer is taken out and put back by binary search, counts are
 * adjusted by what left and what came, and an untouched offer stays the same object, so that its card has nothing to do.
 */
import { SvelteSet } from "svelte/reactivity";

import type { Backend } from "../backend/backend";
import type {
  AppError,
  Batch,
  Connection,
  OfferKey,
  Session,
  Settings,
  Snapshot,
  ViewChange,
  ViewOffer,
} from "../backend/bindings";
import { asAppError } from "./errors";
import { type Counts, compareOffers, count, noCounts, placeOf } from "./views";
import { whose } from "./whose";

/** How long a change from elsewhere stays marked; `--glow` in tokens.css is the same. */
const GLOW_MS = 1_600;
/** What changes elsewhere within this is said to screen readers in one sentence, and is not painted in one rectangle with what is said. */
const GATHER_MS = 500;
/** A second gap right after a read would be a fault of the engine: then take what there is instead of reading for ever. */
const READS_PER_GAP = 3;

export class Store {
  session = $state.raw<Session | null>(null);
  connection = $state.raw<Connection>({
    state: "connecting",
    retryAt: null,
    lastSynced: null,
    waiting: 0,
    message: null,
    storage: null,
  });
  settings = $state.raw<Settings>({ timeZone: null, alerts: { needsYou: true, ending: true, others: false } });
  /** The hotel's day, `YYYY-MM-DD`; empty until the first snapshot. */
  today = $state.raw("");
  /** In the server's order. Replaced as a whole, once per batch. */
  offers = $state.raw<readonly ViewOffer[]>([]);
  counts = $state.raw<Counts>(noCounts());
  /** The first snapshot could not be read. */
  failure = $state.raw<AppError | null>(null);
  /** Offers that were just changed from elsewhere. */
  readonly glowing = new SvelteSet<OfferKey>();
  /** For screen readers: what was just changed from elsewhere. */
  announcement = $state.raw("");

  readonly #backend: Backend;
  readonly #follow: (change: ViewChange) => void;
  readonly #byKey = new Map<OfferKey, ViewOffer>();
  readonly #renamed = new Map<OfferKey, OfferKey>();
  readonly #firstNames = new Map<OfferKey, OfferKey>();
  /** Changed elsewhere, and not yet said so. */
  readonly #unsaid = new Set<OfferKey>();
  #seq: number | null = null;
  #ahead: Batch[] = [];
  /** Notices of the batches that a snapshot takes the place of, and the resets between them. */
  #passed: ViewChange[] = [];
  #reading = false;
  #unsubscribe: (() => void) | null = null;
  #stopped = false;

  /** `follow` is told of each change after it was applied. */
  constructor(backend: Backend, follow: (change: ViewChange) => void = () => undefined) {
    this.#backend = backend;
    this.#follow = follow;
  }

  async start(): Promise<void> {
    try {
      this.#unsubscribe ??= await this.#backend.subscribe((batch) => this.#receive(batch));
    } catch (error) {
      this.failure = asAppError(error);
      return;
    }
    if (this.#stopped) this.stop();
    else await this.read();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  get(key: OfferKey | null): ViewOffer | undefined {
    // Reading the list makes whoever asks depend on it; the map answers at once.
    return this.offers && key !== null ? this.#byKey.get(this.currentKey(key)) : undefined;
  }

  /** The key an offer has now, for one it had before the server knew it. */
  currentKey(key: OfferKey): OfferKey {
    return this.#renamed.get(key) ?? key;
  }

  /** The same for an offer's whole life in this window, so that its card stays the same element when it gets its id. */
  identity(key: OfferKey): OfferKey {
    return this.#firstNames.get(key) ?? key;
  }

  /** Reads a snapshot; the batches that arrive meanwhile are applied after it. */
  async read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    const before = whose(this.session);
    try {
      for (let reads = 1; ; reads++) {
        const snapshot = await this.#backend.snapshot();
        if (this.#stopped) return;
        this.#take(snapshot);
        if (this.#catchUp(reads >= READS_PER_GAP)) break;
      }
      this.#tellPassed(before === null || before === whose(this.session));
      this.failure = null;
    } catch (error) {
      this.failure = asAppError(error);
    } finally {
      this.#reading = false;
    }
  }

  #receive(batch: Batch): void {
    if (this.#stopped) return;
    this.#ahead.push(batch);
    if (this.#reading || this.#seq === null) return;
    if (this.#catchUp(false)) this.#tellPassed(false);
    else void this.read();
  }

  /** Applies what is next in line. False: something is missing, or a reset came, and a snapshot must be read. */
  #catchUp(despiteGaps: boolean): boolean {
    const batches = this.#ahead.sort((a, b) => a.seq - b.seq);
    this.#ahead = [];
    while (batches.length > 0) {
      const batch = batches[0] as Batch;
      const next = (this.#seq ?? 0) + 1;
      if (batch.seq > next && !despiteGaps) {
        this.#ahead = batches;
        return false;
      }
      batches.shift();
      if (batch.seq < next) {
        this.#pass(batch);
        continue;
      }
      this.#seq = batch.seq;
      if (batch.changes.some((change) => change.type === "reset") && !despiteGaps) {
        this.#pass(batch);
        this.#ahead = batches;
        return false;
      }
      this.#apply(batch.changes);
    }
    return true;
  }

  #pass({ changes }: Batch): void {
    this.#passed.push(...changes.filter(({ type }) => type === "notice" || type === "reset"));
  }

  /**
   * Tells the notices of what was passed over. `stays`: it is the same account's as before. Otherwise those before a reset are of one that
   * is gone: then only what its own changes replaced is told, which nothing else says, and it leads to no offer.
   */
  #tellPassed(stays: boolean): void {
    const passed = this.#passed;
    this.#passed = [];
    const reset = passed.findLastIndex(({ type }) => type === "reset");
    for (const [at, change] of passed.entries()) {
      if (change.type !== "notice") continue;
      if (stays || at > reset) this.#follow(change);
      else if (change.notice.kind === "replaced") this.#follow({ ...change, notice: { ...change.notice, key: null } });
    }
  }

  #take({ seq, session, connection, settings, today, offers }: Snapshot): void {
    this.#seq = seq;
    this.session = session;
    this.connection = connection;
    this.settings = settings;
    this.today = today;
    this.#byKey.clear();
    const counts = noCounts();
    const list: ViewOffer[] = [];
    for (const offer of offers) {
      if (this.#byKey.has(offer.key)) continue;
      this.#byKey.set(offer.key, offer);
      count(counts, offer, 1);
      list.push(offer);
    }
    this.offers = list.sort(compareOffers);
    this.counts = counts;
    this.#follow({ type: "reset" });
  }

  #apply(changes: ViewChange[]): void {
    const list = [...this.offers];
    const counts = { ...this.counts };
    const remote: ViewOffer[] = [];

    const takeOut = (key: OfferKey): ViewOffer | undefined => {
      const old = this.#byKey.get(key);
      if (!old) return undefined;
      this.#byKey.delete(key);
      list.splice(placeOf(list, old), 1);
      count(counts, old, -1);
      return old;
    };
    const putIn = (offer: ViewOffer): void => {
      this.#byKey.set(offer.key, offer);
      list.splice(placeOf(list, offer), 0, offer);
      count(counts, offer, 1);
    };

    for (const change of changes) {
      switch (change.type) {
        case "offer":
          takeOut(change.offer.key);
          putIn(change.offer);
          if (change.remote) remote.push(change.offer);
          break;
        case "removed":
          takeOut(change.key);
          break;
        case "renamed": {
          this.#renamed.set(change.from, change.to);
          this.#firstNames.set(change.to, this.identity(change.from));
          const old = takeOut(change.from);
          if (old && !this.#byKey.has(change.to)) putIn({ ...old, key: change.to });
          break;
        }
        case "connection":
          this.connection = change.connection;
          break;
        case "session":
          this.session = change.session;
          break;
        case "settings":
          this.settings = change.settings;
          break;
        case "today":
          this.today = change.today;
          break;
        case "notice":
        case "activity":
        case "preview":
        case "reset":
          break;
      }
    }
    this.offers = list;
    this.counts = counts;
    if (remote.length > 0) this.#mark(remote);
    for (const change of changes) this.#follow(change);
  }

  #mark(offers: ViewOffer[]): void {
    const keys = offers.map(({ key }) => key);
    const dark = keys.filter((key) => !this.glowing.has(key));
    for (const key of dark) this.glowing.add(key);
    setTimeout(() => dark.forEach((key) => this.glowing.delete(key)), GLOW_MS);
    if (this.#unsaid.size === 0) setTimeout(() => this.#say(), GATHER_MS);
    for (const key of keys) this.#unsaid.add(key);
  }

  #say(): void {
    const titles = [...this.#unsaid].flatMap((key) => this.#byKey.get(key)?.fields.title ?? []);
    this.#unsaid.clear();
    if (titles.length === 1) this.announcement = `Changed elsewhere: ${titles[0]}`;
    else if (titles.length > 1) this.announcement = `${titles.length} offers changed elsewhere`;
  }
}
