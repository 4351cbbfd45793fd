/** Runs one task at a time, and once more where that is asked for meanwhile, for what has changed since it began. */
export class OneAtATime {
  private running: Promise<void> | null = null;
  private isWishedAgain = false;

  constructor(private readonly task: () => Promise<void>) {}

  /** Resolves when a run has ended: one that is under way is joined. Rejects as the task does. */
  run(): Promise<void> {
    if (this.running) {
      this.isWishedAgain = true;
      return this.running;
    }
    this.running = this.task().finally(() => {
      this.running = null;
      if (!this.isWishedAgain) return;
      this.isWishedAgain = false;
      this.wish();
    });
    return this.running;
  }

  /** The same for whom it is enough that it is tried: a failure is found out by whoever comes next. */
  wish(): void {
    void this.run().catch(() => undefined);
  }
}
