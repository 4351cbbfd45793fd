/**
 * The outcome of something that may be refused: a value, or an error that is part of the signature.
 * Expected refusals travel this way; a broken invariant throws instead.
 */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** The outcome of success. Without an argument: success that carries nothing. */
export function ok(): Result<void, never>;
export function ok<T>(value: T): Result<T, never>;
export function ok<T>(value?: T): Result<T | undefined, never> {
  return { ok: true, value };
}

/** The outcome of a refusal. */
export function err<const E>(error: E): Result<never, E> {
  return { ok: false, error };
}
