/** A clock that is moved by hand, and what waits for it. */
export class HandClock {
  private tasks: { readonly atMs: number; readonly task: () => void }[] = [];
  private ms = 5000;

  readonly nowMs = (): number => this.ms;
  readonly afterTurn = (task: () => void): void => queueMicrotask(task);
  readonly afterMs = (task: () => void, ms: number): (() => void) => {
    const waiting = { atMs: this.ms + ms, task };
    this.tasks.push(waiting);
    return () => void (this.tasks = this.tasks.filter((each) => each !== waiting));
  };

  /** Runs what has fallen due then, and all that follows at once. */
  async advance(ms: number): Promise<void> {
    this.ms += ms;
    const due = this.tasks.filter(({ atMs }) => atMs <= this.ms);
    this.tasks = this.tasks.filter(({ atMs }) => atMs > this.ms);
    for (const { task } of due) task();
    await settled();
  }
}

/** Resolves when nothing is left to run in this turn. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
