/** From what callers write to what the services take. Each throws HeadcountError with the code of the fault. */
import { keyedOperation, type KeyedOperation } from '@headcount/counter-store';
import { callerKeyOf, viewable, type Grants, type Subject } from '@headcount/platform';
import {
  HeadcountError,
  RESERVED_OPERATION_PREFIXES,
  VIEWERS,
  isReservedOperationId,
  orThrow,
  parseCounterName,
  parseOperationId,
  demandPageId,
  type OperationId,
  type PageId,
} from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';

/** A page by the id that a caller gave. */
export function pageIdOf(pageId: string): PageId {
  return demandPageId(pageId);
}

/** A counter by the names that a caller gave; without one it is `viewers`. */
export function counterRef(pageId: string, name: string | null | undefined): CounterRef {
  return { pageId: pageIdOf(pageId), name: orThrow(parseCounterName(name ?? VIEWERS)) };
}

/** The same, where the caller may view the page. */
export function readableRef(
  grants: Pick<Grants, 'mayView'>,
  pageId: string,
  name: string | null | undefined,
): CounterRef {
  const counter = counterRef(pageId, name);
  viewable(grants, counter.pageId);
  return counter;
}

/** An amount of 1 to 2^53 - 1; the direction is the operation's. */
export function amountOf(by: number): number {
  if (!Number.isSafeInteger(by) || by < 1) throw new HeadcountError('BAD_AMOUNT');
  return by;
}

/** An amount of ±1 to ±(2^53 - 1); a negative one lowers. */
export function signedAmountOf(by: number): number {
  if (!Number.isSafeInteger(by) || by === 0) throw new HeadcountError('BAD_AMOUNT');
  return by;
}

/** The key of an operation, or null where the caller gave none. */
export function operationKeyOf(raw: string): OperationId;
export function operationKeyOf(raw: string | null | undefined): OperationId | null;
export function operationKeyOf(raw: string | null | undefined): OperationId | null {
  if (raw === null || raw === undefined) return null;
  if (!isReservedOperationId(raw)) return orThrow(parseOperationId(raw));
  const prefixes = RESERVED_OPERATION_PREFIXES.join(', ');
  throw new HeadcountError('BAD_OPERATION_ID', `An operation id must not begin with ${prefixes}.`);
}

/**
 * The operation that a key stands for: the caller's own, on that page. `place` is that within a batch whose changes share the key.
 * Null where there is no key.
 */
export function operationOf(
  caller: Subject,
  { pageId }: CounterRef,
  key: OperationId | null,
  place?: number,
): KeyedOperation | null {
  return key === null ? null : keyedOperation(callerKeyOf(caller), pageId, key, place);
}
