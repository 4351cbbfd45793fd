/** Time of the caller, so that tests and the simulator bring their own. */
export interface WatchTimers {
  /** Milliseconds that never go back. */
  readonly nowMs: () => number;
  /** Runs `task` when the present turn of the event loop has ended. */
  readonly afterTurn: (task: () => void) => void;
  /** Runs `task` after `ms`, unless what it gives is called before. */
  readonly afterMs: (task: () => void, ms: number) => () => void;
}
