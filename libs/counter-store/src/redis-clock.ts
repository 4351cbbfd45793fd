/** What time it is for what ends by itself in Redis: leases and limits. */

/** Milliseconds since 1970; '': the script is to ask Redis, whose clock is the one that all callers share. */
export type ScriptClock = () => number | '';

export const REDIS_CLOCK: ScriptClock = () => '';
