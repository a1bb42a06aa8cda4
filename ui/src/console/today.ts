/** The hotel's today, which each offer's validity implies when it names a date; without any, this machine's, which is the default time zone. */
import { getLocalTimeZone, today } from "@internationalized/date";

import type { ViewOffer } from "../backend/bindings";
import { todayOf } from "./words";

export function hotelToday(offers: readonly ViewOffer[]): string {
  for (const { validity } of offers) {
    const day = todayOf(validity);
    if (day !== null) return day;
  }
  return today(getLocalTimeZone()).toString();
}
