/**
 * Where guests book an offer that names no link of its own: at the hotel, as the page that guests see has it in its header.
 *
 * The header comes with all that the preview shows, which is much of a hotel with many offers. So it is asked for when an editor wants it,
 * after that has been painted, and once it is known never again in this session. While it is not, the program reads the page, and says when
 * the preview may be different; other things are said so too, hence `MOST`. Where it cannot be had, no place to book is shown.
 */
import type { Backend } from "../backend/backend";
import { webAddress } from "../guest/addresses";
import { whenPainted } from "./painted";

/** For one editor: each key that is typed in it may be another hint. */
const MOST = 5;

export class HotelBooking {
  /** "": nowhere, or not known */
  url = $state.raw("");
  #known = false;
  #asking = false;
  #again = false;
  #left = 0;
  /** whose answers count */
  #session = 0;
  readonly #backend: Pick<Backend, "guestPreview">;

  constructor(backend: Pick<Backend, "guestPreview">) {
    this.#backend = backend;
  }

  /** An editor shows an offer without a link. */
  wanted(): void {
    if (this.#known) return;
    this.#left = MOST;
    whenPainted(() => void this.#ask());
  }

  /** The preview may show something else. */
  changed(): void {
    void this.#ask();
  }

  /** Whoever signs in next may be of another hotel. */
  leave(): void {
    this.#session++;
    this.#known = false;
    this.#left = 0;
    this.url = "";
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    do {
      this.#again = false;
      if (this.#known || this.#left === 0) break;
      this.#left--;
      const session = this.#session;
      const hotel = await this.#backend.guestPreview().then(
        (preview) => preview.hotel,
        () => null,
      );
      if (session !== this.#session || hotel === null) continue;
      this.#known = true;
      this.url = webAddress(hotel.booking_url);
    } while (this.#again);
    this.#asking = false;
  }
}
