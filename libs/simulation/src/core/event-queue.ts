/** What is to happen, in the order of virtual time, and at one time in the order in which it was planned. */
import type { Process } from './process.js';

export interface Event {
  readonly atMs: number;
  readonly sequence: number;
  /** In whose process it happens; null: in the world outside. */
  readonly owner: Process | null;
  /** For the trace. */
  readonly what: string;
  /** Null: taken back. */
  act: (() => unknown) | null;
}

/** A binary heap. */
export class EventQueue {
  private readonly heap: Event[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The next event, still in the queue. */
  get first(): Event | undefined {
    return this.heap[0];
  }

  push(event: Event): void {
    const { heap } = this;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] as Event;
      if (isBefore(parent, event)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = event;
  }

  /** Takes the next event out. */
  pop(): Event | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event))
        below += 1;
      const child = heap[below] as Event;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(left: Event, right: Event): boolean {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs;
  return left.sequence < right.sequence;
}
