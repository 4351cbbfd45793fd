/**
 * What one request asks of Redis, and how much more it may. It follows the request through everything that is awaited, so
 * neither resolvers nor services hand it on, and none can forget to. Work that serves more than one request runs outside of
 * all (`outsideRequests`): it must not end because one of its callers has used up its budget or has gone.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { HeadcountError } from '@headcount/protocol';

const requests = new AsyncLocalStorage<RequestWork | undefined>();

/** Why a request gets no further call. */
export type CallRefusal = 'too_complex' | 'gone';

export interface RequestWorkOptions {
  /** Calls that the request may make. */
  readonly callsMax: number;
  /** Called once, when the first call is refused. */
  readonly onRefused?: (why: CallRefusal) => void;
}

/** The store calls of one request. */
export class RequestWork {
  /** What was read for this request, by who reads it; see RequestLoader. */
  readonly reads = new Map<object, unknown>();
  private calls = 0;
  private state: 'running' | 'answered' | 'gone' = 'running';
  private isRefused = false;

  constructor(private readonly options: RequestWorkOptions) {}

  /** Whether as many calls are left as were made: where what is asked for may end early, it should by now. */
  get isHalfUsed(): boolean {
    return 2 * this.calls > this.options.callsMax;
  }

  /** The connection is free again or closed. Work after the answer is not counted any more. */
  end(isAnswered: boolean): void {
    if (this.state === 'running') this.state = isAnswered ? 'answered' : 'gone';
  }

  /** Takes one call; null: it may be made. */
  take(): HeadcountError | null {
    if (this.state === 'answered') return null;
    if (this.state === 'gone')
      return this.refuse('gone', 'The caller has gone before it was answered.');
    if (this.calls >= this.options.callsMax) {
      const calls = `${this.options.callsMax} calls of the store`;
      return this.refuse(
        'too_complex',
        `The request needs more than ${calls}; ask for less at once.`,
      );
    }
    this.calls += 1;
    return null;
  }

  private refuse(why: CallRefusal, detail: string): HeadcountError {
    if (!this.isRefused) this.options.onRefused?.(why);
    this.isRefused = true;
    return new HeadcountError('TOO_COMPLEX', detail);
  }
}

/** Runs a task as work of a request. */
export const withinRequest = <T>(work: RequestWork, task: () => T): T => requests.run(work, task);

/** Runs a task that serves more than the present request. */
export const outsideRequests = <T>(task: () => T): T => requests.run(undefined, task);

/** The request that is being worked for; undefined: none. */
export const currentRequest = (): RequestWork | undefined => requests.getStore();

/** Takes one store call of the present request, if there is one. Null: it may be made. */
export const takeStoreCall = (): HeadcountError | null => requests.getStore()?.take() ?? null;

/** The same for what shares a call with others, and so is counted where it joins them. Throws HeadcountError TOO_COMPLEX. */
export function demandStoreCall(): void {
  const refusal = takeStoreCall();
  if (refusal) throw refusal;
}

/** Something was written for the present request: what was read before is not what is there now. */
export const forgetReads = (): void => requests.getStore()?.reads.clear();

/** A port whose methods run outside of all requests. */
export function outsideRequestsAlways<T extends object>(port: T): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: readonly unknown[]): unknown =>
        outsideRequests((): unknown => Reflect.apply(value, target, args));
    },
  });
}
