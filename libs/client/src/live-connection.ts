import { BACKOFF_MS_MAX, backoffMs } from './backoff.js';
import { complain } from './complain.js';
import { addressOf } from './gateway-url.js';
import { LiveSocket, type OperationMessage, type SocketEnd } from './live-socket.js';
import { nextState, type LiveEvent } from './live-state.js';
import type { CounterResult, Listener, Operation } from './operations.js';
import { Pace } from './pace.js';
import { isPrerendering, onPageLifecycle } from './page-lifecycle.js';
import { endingOf, refusalOf, type Refusal } from './refusal.js';
import { whenForbidden } from './security-policy.js';
import { subjectOf } from './token-subject.js';

/** How long a socket without a subscription stays open: long enough to change from one page to the next. */
export const IDLE_MS = 2_000;

/** A connection that ends sooner counts as a failed attempt, so nothing makes it come back without ever longer pauses. */
const STABLE_MS = 10_000;

/** Longest pause after sockets that the page closed itself, as a power of two. */
const OWN_FAILURES_MAX = 3;

/** A gateway takes 200 messages at once and 100 a second unless set otherwise; pings come on top. */
const MESSAGES_AT_ONCE = 150;
const MESSAGES_PER_SECOND = 80;

/** Failed attempts after which the console says that the gateway cannot be reached. */
const UNREACHABLE_AFTER = 3;

/** How long a token may take to be had. */
const TOKEN_MS_MAX = 20_000;

/** Refusals of an operation that nothing but another operation, or another token, can mend. */
const FINAL = /^(?:BAD_|FORBIDDEN$|UNAUTHENTICATED$|TOO_COMPLEX$)/;

/** Gives a token, anew for every connection; nothing: there is none now. */
export type TokenSource = () => string | null | undefined | Promise<string | null | undefined>;

export interface ConnectionOptions {
  readonly url: string;
  /** Who is there, where no token says so. */
  readonly viewerId: () => string;
  /** The same, if that was said; else the id is made up. */
  readonly named: string | undefined;
  readonly token: TokenSource | undefined;
  /** A WebSocket class; undefined: that of the platform. */
  readonly webSocket: unknown;
}

/**
 * All subscriptions to one gateway, over one socket. They are what is wanted; once a turn what runs is made to match it, so
 * whatever ends and begins again within a turn goes on. Those by which the viewer is present come first.
 *
 * C1  messages are paced, and between two sockets there is a pause with jitter that grows until one has lasted: no page can
 *     make it send or reconnect without end.
 * C2  it comes back for ever, after whatever end; where only a person can help, once in 30 to 60 s.
 */
export class LiveConnection {
  private readonly operations = new Map<string, Operation>();
  private readonly running = new Map<string, Operation>();
  private readonly ended: string[] = [];
  private readonly leavePage: () => void;
  private readonly timers: Partial<Record<'plan' | 'open' | 'idle' | 'again', Timer>> = {};
  private pace = new Pace(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND);
  private socket: LiveSocket | null = null;
  /** Set while a token is being had. */
  private attempt: object | null = null;
  private openedMs = 0;
  private openNotBeforeMs = 0;
  private failed = 0;
  private unreachable = 0;
  private hurriedMs = -Infinity;
  private isHidden = isPrerendering();
  private isForbidden = false;
  private ids = 0;

  constructor(private readonly options: ConnectionOptions) {
    const leave = onPageLifecycle({
      hide: () => this.hide(),
      show: () => this.show(),
      network: () => this.networkChanged(),
    });
    const forget = whenForbidden(options.url, () => this.forbid());
    this.leavePage = () => {
      leave();
      forget();
    };
  }

  /** Has a listener told of an operation, one that is wanted already where it has the same key. */
  subscribe(asked: Operation, listener: Listener): () => void {
    const operation = this.operations.get(asked.key) ?? asked;
    this.operations.set(operation.key, operation);
    operation.listeners.add(listener);
    // A turn later, so that a page that subscribes again whenever it is refused keeps its turns.
    setTimeout(() => catchUp(operation, listener));
    this.plan();
    return () => {
      if (operation.listeners.delete(listener)) this.plan();
    };
  }

  dispose(): void {
    this.leavePage();
    for (const operation of this.operations.values()) operation.listeners.clear();
    this.hide();
    this.operations.clear();
  }

  /** A timer rather than a microtask: a page that reacts to each of our changes with another keeps its turns. */
  private plan(afterMs = 0): void {
    this.timers.plan ??= setTimeout(() => {
      delete this.timers.plan;
      this.reconcile();
    }, afterMs);
  }

  private reconcile(): void {
    for (const operation of this.operations.values()) {
      if (operation.listeners.size > 0) continue;
      this.operations.delete(operation.key);
      if (operation.id === null) continue;
      this.ended.push(operation.id);
      this.running.delete(operation.id);
      operation.id = null;
      this.makeRoom();
    }
    if (this.isHidden || this.isForbidden) return;
    if (this.operations.size > 0) this.clear('idle');
    else if (this.socket !== null)
      this.timers.idle ??= setTimeout(() => {
        this.leave();
      }, IDLE_MS);
    if (this.socket === null) this.openLater();
    else if (this.socket.isAcknowledged && !this.catchUpWithGateway(this.socket))
      this.plan(this.pace.pauseMs);
  }

  /** Sends what is missing; false: as much as may be sent now. */
  private catchUpWithGateway(socket: LiveSocket): boolean {
    while (this.ended.length > 0) {
      if (!this.pace.take()) return false;
      socket.send({ id: this.ended.shift(), type: 'complete' });
    }
    for (const isPresence of [true, false])
      for (const operation of this.operations.values()) {
        const { id, refusal, payload } = operation;
        if (operation.isPresence !== isPresence || id !== null || refusal !== null) continue;
        if (!this.pace.take()) return false;
        // Short, and alike from client to client: the gateway then makes one frame for all of them.
        operation.id = String((this.ids += 1));
        this.running.set(operation.id, operation);
        socket.send({ id: operation.id, type: 'subscribe', payload });
      }
    return true;
  }

  private openLater(): void {
    if (this.operations.size === 0 || this.attempt !== null) return;
    const pauseMs = Math.max(this.openNotBeforeMs - performance.now(), 0);
    this.timers.open ??= setTimeout(() => {
      delete this.timers.open;
      void this.open();
    }, pauseMs);
  }

  private async open(): Promise<void> {
    const attempt = {};
    this.attempt = attempt;
    const { url, webSocket = globalThis.WebSocket } = this.options;
    const token = await this.tokenOf().catch((cause: unknown) => {
      complain(`the token for ${url} cannot be had, which is tried again: ${String(cause)}`);
      return null;
    });
    if (this.attempt !== attempt) return;
    this.attempt = null;
    this.openedMs = performance.now();
    if (token === null) return this.ending({ code: 1006, reason: '' });
    const { address, init } = this.introduction(token);
    const socket = new LiveSocket(address, init, webSocket, {
      acknowledged: () => {
        this.unreachable = 0;
        this.reconcile();
      },
      message: (message) => this.take(message),
      ended: (end) => {
        this.unreachable += socket.isAcknowledged ? 0 : 1;
        this.ending(end, token !== '');
      },
    });
    this.socket = socket;
  }

  /** Who is there, as the address and connection_init say it. Where there is no token, watching will do. */
  private introduction(token: string): { readonly address: string; readonly init: object } {
    const { url, named } = this.options;
    const viewerId = token === '' ? this.options.viewerId() : subjectOf(token);
    const address = addressOf(url, viewerId);
    if (token === '') return { address, init: { viewerId, watch: true } };
    return { address, init: { token, ...(viewerId === undefined && { viewerId: named }) } };
  }

  /** '': there is none. */
  private async tokenOf(): Promise<string> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('it takes too long')), TOKEN_MS_MAX);
    });
    try {
      return (await Promise.race([this.options.token?.(), late])) || '';
    } finally {
      clearTimeout(timer);
    }
  }

  /** The socket has ended, or could not be opened. */
  private ending(end: SocketEnd, hasToken = false): void {
    const { refusal, isLasting } = endingOf(end);
    this.stopped(Infinity, isLasting);
    if (refusal !== null) this.explain(refusal, end, hasToken);
    else if (this.unreachable === UNREACHABLE_AFTER)
      complain(
        `${this.options.url} cannot be reached, which is tried again: is it the address of the gateway, ` +
          'and is the origin of this page among its ORIGINS?',
      );
    if (refusal?.code === 'TOO_MANY') this.pace.halve();
    // A copy: whoever is told may subscribe to something else.
    for (const operation of [...this.operations.values()]) {
      if (refusal !== null && isLasting) refuse(operation, refusal, false);
      else happened(operation, 'closed');
    }
    this.reconcile();
  }

  private explain(
    { message, code }: Refusal,
    { code: closeCode }: SocketEnd,
    hasToken: boolean,
  ): void {
    const { url } = this.options;
    if (closeCode === 0) complain(`${url} cannot be opened from here: ${message}`);
    else if (code === 'UNAUTHENTICATED' && !hasToken)
      complain(`${url} asks for a token. Give one with configure({ token: () => … }).`);
    else complain(`${url} refuses the connection (${closeCode}), which is tried again: ${message}`);
  }

  private take({ id, type, payload }: OperationMessage): void {
    const operation = this.running.get(id);
    if (operation === undefined) return;
    if (type === 'next') {
      const { data, errors } = Object(payload) as CounterResult;
      if (!data?.counter) return this.refuse(operation, refusalOf(errors));
      operation.last = data.counter;
      operation.refusal = null;
      // First the number: whoever is told that it is live must not have an old one.
      for (const listener of [...operation.listeners]) listener.value(data.counter);
      return happened(operation, 'value');
    }
    this.running.delete(id);
    operation.id = null;
    if (type === 'error') this.refuse(operation, refusalOf(payload));
    // An operation that is over may have said why before.
    else if (operation.refusal === null)
      this.refuse(operation, { message: 'The gateway has ended it.', code: null });
  }

  private refuse(operation: Operation, refusal: Refusal): void {
    refuse(operation, refusal, true);
    if (FINAL.test(refusal.code ?? '')) return;
    this.timers.again ??= setTimeout(
      () => {
        delete this.timers.again;
        for (const one of this.operations.values())
          if (!FINAL.test(one.refusal?.code ?? '')) one.refusal = null;
        this.plan();
      },
      BACKOFF_MS_MAX * (1 + randomFraction()),
    );
  }

  /** One operation less: another that was one too many may begin. */
  private makeRoom(): void {
    for (const operation of this.operations.values())
      if (operation.id === null && operation.refusal?.code === 'TOO_MANY') {
        operation.refusal = null;
        return;
      }
  }

  private hide(): void {
    this.isHidden = true;
    this.leave();
  }

  private show(): void {
    if (!this.isHidden) return this.socket?.check();
    this.isHidden = false;
    this.plan();
  }

  private forbid(): void {
    if (this.isForbidden) return;
    this.isForbidden = true;
    const { origin } = new URL(this.options.url);
    const message = `The Content-Security-Policy of this page forbids it: add ${origin} to connect-src.`;
    complain(`${this.options.url} cannot be opened from here: ${message}`);
    this.leave();
    for (const operation of [...this.operations.values()])
      refuse(operation, { message, code: null, isConnection: true }, false);
  }

  private networkChanged(): void {
    if (this.socket !== null) return this.socket.check();
    const nowMs = performance.now();
    const isOffline = (globalThis.navigator as Navigator | undefined)?.onLine === false;
    if (isOffline || nowMs - this.hurriedMs < STABLE_MS) return;
    this.hurriedMs = nowMs;
    this.openNotBeforeMs = Math.min(this.openNotBeforeMs, nowMs + backoffMs(0, randomFraction()));
    this.clear('open');
    this.plan();
  }

  /** Closes the socket of its own accord. */
  private leave(): void {
    this.socket?.close();
    this.stopped(OWN_FAILURES_MAX, false);
    for (const operation of [...this.operations.values()])
      if (operation.state === 'live') happened(operation, 'closed');
  }

  /** There is no socket any more. `failuresMax` bounds the pause before the next one. */
  private stopped(failuresMax: number, isLasting: boolean): void {
    for (const name of ['open', 'idle', 'again'] as const) this.clear(name);
    const wasOpen = this.socket !== null || failuresMax === Infinity;
    this.socket = null;
    this.attempt = null;
    this.ended.length = 0;
    this.running.clear();
    for (const operation of this.operations.values()) {
      operation.id = null;
      if (!operation.refusal?.code?.startsWith('BAD_')) operation.refusal = null;
    }
    if (!wasOpen) return;
    const nowMs = performance.now();
    if (nowMs - this.openedMs >= STABLE_MS) this.failed = 0;
    const failed = Math.min(this.failed, failuresMax);
    const pauseMs = isLasting
      ? BACKOFF_MS_MAX * (1 + randomFraction())
      : backoffMs(failed, randomFraction());
    this.openNotBeforeMs = nowMs + pauseMs;
    this.failed += 1;
  }

  private clear(name: keyof typeof this.timers): void {
    clearTimeout(this.timers[name]);
    delete this.timers[name];
  }
}

type Timer = ReturnType<typeof setTimeout>;

/** Tells who comes later how things stand. */
function catchUp({ listeners, state, last, refusal }: Operation, listener: Listener): void {
  if (!listeners.has(listener)) return;
  if (state === 'live' && last !== null) listener.value(last);
  if (state !== 'connecting') listener.state(state);
  if (refusal !== null) listener.refused(refusal);
}

/** `isHeld`: it does not begin again until the refusal is taken away. */
function refuse(operation: Operation, refusal: Refusal, isHeld: boolean): void {
  if (isHeld) operation.refusal = refusal;
  happened(operation, 'refused');
  for (const listener of [...operation.listeners]) listener.refused(refusal);
}

function happened(operation: Operation, event: LiveEvent): void {
  const state = nextState(operation.state, event);
  if (state === operation.state) return;
  operation.state = state;
  for (const listener of [...operation.listeners]) listener.state(state);
}

function randomFraction(): number {
  const [bits = 0] = crypto.getRandomValues(new Uint32Array(1));
  return bits / 2 ** 32;
}
