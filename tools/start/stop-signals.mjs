/** SIGHUP: the terminal has been closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** How often npm is looked after, in milliseconds. */
const PARENT_MS = 500;

/**
 * Resolves when this process is to stop: at the first signal, or when npm has gone that it was started by. npm passes on SIGINT and SIGTERM,
 * but neither SIGHUP nor its own death. Later signals are ignored: Ctrl-C under npm arrives twice, and the stop is bounded anyway.
 */
export function askedToStop() {
  // Whoever read what is printed may be gone, as a terminal is after SIGHUP; that must not end a stop half-way.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  return new Promise((resolve) => {
    for (const signal of SIGNALS) process.on(signal, resolve);
    const parent = process.ppid;
    if (process.env.npm_lifecycle_event === undefined) return;
    setInterval(() => process.ppid !== parent && resolve(), PARENT_MS).unref();
  });
}
