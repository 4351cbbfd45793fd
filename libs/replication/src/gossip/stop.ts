/** Ends loops that mostly sleep: they sleep no longer once it is pulled. */
export class Stop {
  /** Of those who sleep. A promise that all of them wait for would keep something of each for as long as it is open. */
  private readonly sleeping = new Set<() => void>();
  isPulled = false;

  now(): void {
    this.isPulled = true;
    for (const wake of this.sleeping) wake();
  }

  /** Resolves with `sleep`, or when stopped. */
  async orSleep(sleep: Promise<void>): Promise<void> {
    if (this.isPulled) return;
    let wake: () => void = () => undefined;
    const woken = new Promise<void>((done) => (wake = done));
    this.sleeping.add(wake);
    await Promise.race([sleep, woken]);
    this.sleeping.delete(wake);
  }
}
