/** Ends loops that mostly sleep: they sleep no longer once it is pulled. */
export class Stop {
  private pull: () => void = () => undefined;
  private readonly pulled = new Promise<void>((done) => (this.pull = done));
  isPulled = false;

  now(): void {
    this.isPulled = true;
    this.pull();
  }

  /** Resolves with `sleep`, or when stopped. */
  async orSleep(sleep: Promise<void>): Promise<void> {
    await Promise.race([sleep, this.pulled]);
  }
}
