import type { InstanceId } from '@headcount/protocol';

/** This process, as others on the wire know it. */
export interface Instance {
  readonly id: InstanceId;
  /**
   * The next number for something signed, 1 at first. One series for all receivers and both
   * transports: that is higher than every earlier one to each of them, whichever addresses lead to
   * the same receiver.
   */
  nextNumber(): number;
}

export const INSTANCE = Symbol('INSTANCE');

/** An instance that has not signed anything yet. */
export function newInstance(id: InstanceId): Instance {
  let last = 0;
  return {
    id,
    nextNumber: () => {
      last += 1;
      return last;
    },
  };
}
