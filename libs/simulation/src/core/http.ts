/**
 * Requests between hosts, signed and numbered as docs/protocol.md §2 has it, of which the numbers and the instances
 * are what matters here. A request or its answer may be lost or late; the caller then knows nothing.
 */
import { err, ok, type ErrorCode, type Result } from '@headcount/protocol';
import type { Network } from './network.js';
import type { Process } from './process.js';
import type { World } from './world.js';

/** Why a call has no answer, as SignedClient has it. */
export type CallFailure =
  | { readonly code: 'TIMEOUT' | 'UNREACHABLE' }
  | { readonly code: 'REFUSED'; readonly refusal: ErrorCode };

/** What a server makes of one request. `from`: the instance that asks. */
export type Serve = (
  path: string,
  body: unknown,
  from: string,
) => Promise<Result<unknown, ErrorCode>>;

/** A process that takes requests. */
export interface Server {
  readonly process: Process;
  readonly instance: string;
  readonly serve: Serve;
}

/** Who calls. */
export interface Caller {
  readonly process: Process;
  readonly instance: string;
  readonly host: string;
}

const TIMEOUT_MS = 2000;
/** How often one call is signed, as calls that overtook it make its number an old one. */
const SIGNINGS_MAX = 5;
/** A connection breaks this much more seldom than a datagram is lost. */
const BREAKS_PER_LOSS = 0.1;

export class Http {
  private readonly servers = new Map<string, Server>();
  /** What has been carried so far, in requests and in bytes of bodies. */
  readonly carried = { requests: 0, bytes: 0 };
  private readonly lastNumbers = new WeakMap<Server, Map<string, number>>();

  constructor(
    private readonly world: World,
    private readonly network: Network,
  ) {}

  /** From now on `server` answers at the host; null: nobody does. */
  listen(host: string, server: Server | null): void {
    if (server === null) this.servers.delete(host);
    else this.servers.set(host, server);
  }

  /** A client of `caller` for one host. */
  client(caller: Caller, host: string): HttpClient {
    return new HttpClient(this, caller, host);
  }

  /** Carries one request there and its answer back. `settle` may be called once or never. */
  exchange(
    { caller, host, path, body }: Request,
    settle: (instance: string | null, answer: Result<unknown, CallFailure>) => void,
  ): void {
    const { network, world } = this;
    const number = caller.process.nextNumber();
    this.carried.requests += 1;
    const breaks = BREAKS_PER_LOSS * network.noise.loss;
    const fail = (): void => {
      world.after(network.delayMs(host, caller.host), caller.process, 'connection is broken', () =>
        settle(null, err({ code: 'UNREACHABLE' })),
      );
    };
    if (network.draw(breaks)) return fail();
    this.carry(caller.host, host, `${path} ${caller.host} > ${host}`, () => {
      const server = this.servers.get(host);
      if (server === undefined || !server.process.alive) return fail();
      const serve = async (): Promise<void> => {
        const answer = this.isNew(server, caller.instance, number)
          ? await server.serve(path, this.onTheWire(body), caller.instance)
          : err<ErrorCode>('REPLAYED');
        if (network.draw(breaks)) return fail();
        this.carry(host, caller.host, `answer ${path} ${host} > ${caller.host}`, () => {
          const told: Result<unknown, CallFailure> = answer.ok
            ? ok(this.onTheWire(answer.value))
            : err({ code: 'REFUSED', refusal: answer.error });
          caller.process.receive('takes the answer', () => settle(server.instance, told));
        });
      };
      // Not awaited by the event: what it waits for are events itself.
      server.process.receive(`serves ${path}`, () => void serve());
    });
  }

  /** Brings something from one host to another; where the way is cut it is lost, or waits for its healing. */
  private carry(from: string, to: string, what: string, arrive: () => void): void {
    const { network, world } = this;
    world.after(network.delayMs(from, to), null, what, () => {
      if (!network.isCut(from, to)) return arrive();
      if (network.draw(0.5)) return;
      const end = network.onChange(() => {
        if (network.isCut(from, to)) return;
        end();
        this.carry(from, to, what, arrive);
      });
    });
  }

  private onTheWire(body: unknown): unknown {
    const text = JSON.stringify(body);
    this.carried.bytes += text.length;
    return JSON.parse(text);
  }

  private isNew(server: Server, from: string, number: number): boolean {
    let numbers = this.lastNumbers.get(server);
    if (numbers === undefined) this.lastNumbers.set(server, (numbers = new Map()));
    if (number <= (numbers.get(from) ?? 0)) return false;
    numbers.set(from, number);
    return true;
  }
}

interface Request {
  readonly caller: Caller;
  readonly host: string;
  readonly path: string;
  readonly body: unknown;
}

/** See SignedClient of libs/platform, whose place it takes. */
export class HttpClient {
  /** The instance that answered last. */
  receiver: string | null = null;

  constructor(
    private readonly http: Http,
    private readonly caller: Caller,
    readonly host: string,
  ) {}

  call<T>(path: string, body: unknown, timeoutMs = TIMEOUT_MS): Promise<Result<T, CallFailure>> {
    return new Promise((resolve) => {
      let signings = 0;
      let over = false;
      const end = (answer: Result<T, CallFailure>): void => {
        over = true;
        timer.cancel();
        resolve(answer);
      };
      const timer = this.caller.process.after(timeoutMs, `${path} times out`, () =>
        end(err({ code: 'TIMEOUT' })),
      );
      const send = (): void => {
        signings += 1;
        const { caller, host } = this;
        this.http.exchange({ caller, host, path, body }, (instance, answer) => {
          if (over) return;
          if (instance !== null) this.receiver = instance;
          const isOld = !answer.ok && isReplayed(answer.error) && signings < SIGNINGS_MAX;
          if (isOld) send();
          else end(answer as Result<T, CallFailure>);
        });
      };
      send();
    });
  }
}

function isReplayed(failure: CallFailure): boolean {
  return failure.code === 'REFUSED' && failure.refusal === 'REPLAYED';
}
