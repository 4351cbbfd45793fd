/** Longest window of a limit: 31 days, in seconds. */
export const LIMIT_WINDOW_SECONDS_MAX = 2_678_400;
