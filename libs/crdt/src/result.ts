/**
 * The outcome of something that may be refused: a value, or an error that is part of the signature.
 * It has the shape of the protocol's own Result, so either passes for the other; this library imports nothing.
 */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The outcome of success. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** The outcome of a refusal. */
export function err<const E>(error: E): Result<never, E> {
  return { ok: false, error };
}
