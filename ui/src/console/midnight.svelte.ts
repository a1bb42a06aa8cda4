/**
 * Now, for words that leave out the day of a time because it is today's (`clock`). What is made of it is made anew when another day has begun
 * by this computer's clock. Midnight's timer alone would not do: none goes on while a computer sleeps, and those of a hidden window are held
 * back.
 */
const LONGEST_MS = 600_000;
const DAY_MS = 86_400_000;

/** counts the midnights that were seen */
let midnights = $state(0);
let day: string | null = null;

export function nowToday(): number {
  if (day === null) watch();
  void midnights;
  return Date.now();
}

function watch(): void {
  day = new Date().toDateString();
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const now = new Date();
    if (now.toDateString() !== day) {
      day = now.toDateString();
      midnights++;
    }
    clearTimeout(timer);
    const midnight = new Date(now.getTime() + DAY_MS).setHours(0, 0, 0, 0);
    timer = setTimeout(look, Math.max(1, Math.min(midnight - now.getTime(), LONGEST_MS)));
  };
  look();
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}
