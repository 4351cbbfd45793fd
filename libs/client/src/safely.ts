const reported = new WeakSet<object>();

/**
 * Calls what a page has given. Whatever that throws, or rejects with, is the page's own matter: it is reported as an
 * uncaught error, the first time for each `owner`, and harms nobody else.
 */
export function safely(owner: object, act: () => unknown): void {
  const report = (cause: unknown): void => {
    if (reported.has(owner)) return;
    reported.add(owner);
    reportFault(cause);
  };
  try {
    const result = act() as { readonly then?: unknown } | null | undefined;
    // A promise of another window, or of a library, will do.
    if (typeof result?.then === 'function')
      (result as PromiseLike<unknown>).then(() => undefined, report);
  } catch (cause) {
    report(cause);
  }
}

/** What the platform does with an uncaught error, but for ending the process. */
function reportFault(cause: unknown): void {
  try {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(cause);
    else console.error(cause);
  } catch {
    // A page that has broken these too is not told.
  }
}
