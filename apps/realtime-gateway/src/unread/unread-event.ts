import { inOrder } from '@headcount/gateway-core';
import { totalOf, type PageUnreadValue, type ViewerId } from '@headcount/protocol';

/** What a user had not read at some time; put in order only where that is asked for. */
export class UnreadEvent {
  private ordered: readonly PageUnreadValue[] | null = null;

  constructor(
    readonly userId: ViewerId,
    private readonly some: readonly PageUnreadValue[],
  ) {}

  get total(): number {
    return totalOf(this.some);
  }

  /** The page that was modified last first. */
  get pages(): readonly PageUnreadValue[] {
    return (this.ordered ??= inOrder(this.some));
  }
}
