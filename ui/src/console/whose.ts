/** Whose session a window shows. What one account has seen, typed or begun is not the next one's. */
import type { Session } from "../backend/bindings";

/** Tells accounts apart, and the demo hotel's from all others; null: nobody is signed in. */
export function whose(session: Session | null): string | null {
  if (session === null || session.state === "signed-out") return null;
  const { apiUrl, hotelSlug, username } = session.account;
  return JSON.stringify([apiUrl, hotelSlug, username, session.demo]);
}
