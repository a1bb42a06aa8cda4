/** What went wrong, in the one shape the engine uses. */
import type { AppError } from "../backend/bindings";

/** A rejection as an `AppError`, whatever was thrown. */
export function asAppError(error: unknown): AppError {
  if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
    return { fields: null, retryAfter: null, ...error } as AppError;
  }
  return {
    code: "internal",
    message: error instanceof Error ? error.message : String(error),
    fields: null,
    retryAfter: null,
  };
}
