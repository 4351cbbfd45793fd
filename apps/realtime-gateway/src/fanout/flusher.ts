import type { Outbox } from './outbox.js';

/** Flushes outboxes at the end of the turn, each once, so that what changes together is one write. */
export class Flusher {
  private readonly due = new Set<Outbox>();
  private turnEnd: NodeJS.Immediate | null = null;

  later(outbox: Outbox): void {
    this.due.add(outbox);
    this.turnEnd ??= setImmediate(() => this.flush());
  }

  private flush(): void {
    this.turnEnd = null;
    const due = [...this.due];
    this.due.clear();
    for (const outbox of due) outbox.flush();
  }
}
