/** Time of the caller, so that tests and the simulator bring their own. */
export interface GossipTimers {
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
  /** Resolves after `ms`. */
  readonly sleep: (ms: number) => Promise<void>;
  /** From 0 up to 1, for waits that should not fall together. */
  readonly random: () => number;
}
