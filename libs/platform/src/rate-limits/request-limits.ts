/**
 * What an app takes from one caller and from one address. Each request is charged by the size of its body before that is read, 1 for an ordinary one, and what it weighs beyond
 * that once it has been read and before anything is done for it. Requests of the apps themselves, health and metrics are exempt.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Allowance } from '@headcount/counter-store';
import { HeadcountError } from '@headcount/protocol';
import type { Authenticator } from '../auth/authenticator.js';
import { callerKeyOf, type Subject } from '../auth/subject.js';
import type { AuthConfig } from '../config/auth-settings.js';
import type { ConfigOf } from '../config/setting.js';
import type { CrowdedAddresses } from '../edge/crowded-addresses.js';
import { addressKey } from '../edge/ip-address.js';
import type { NestFastify } from '../http/fastify-adapter.js';
import { isRouteOfDeployment } from '../http/internal-server.js';
import { answerRefusal } from '../http/refusal.js';
import type { Clock } from '../sources.js';
import type { AllowanceMetrics } from './allowance-metrics.js';
import { Charge, beginTurn, chargeWeight, charging, type HeldLimit } from './charge.js';
import type { ExactLimits } from './exact-limits.js';
import { InFlight } from './in-flight.js';
import {
  CALLER_DEFAULT,
  SERVICE_DEFAULT,
  STRANGER_DEFAULT,
  type rateLimitSettings,
} from './rate-limit-settings.js';
import { SlidingWindows, type RateLimit } from './sliding-windows.js';
import { bodyWeight, type WeighedRoute } from './weights.js';

export interface RequestLimitsOptions {
  readonly config: Pick<AuthConfig, 'AUTH'> & ConfigOf<typeof rateLimitSettings>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly metrics: AllowanceMetrics;
  readonly authenticator: Pick<Authenticator, 'ofRequest'>;
  readonly crowded: Pick<CrowdedAddresses, 'note'>;
}

/** Holds requests to the limits of the settings. */
export class RequestLimits {
  private exact: Pick<ExactLimits, 'take'> | null = null;
  private readonly address;
  private readonly stranger;
  private readonly caller;
  private readonly service;

  constructor(private readonly options: RequestLimitsOptions) {
    const { config } = options;
    const isProven = config.AUTH === 'jwt';
    const { RATE_LIMIT_PER_CALLER: perCaller, RATE_LIMIT_PER_ADDRESS: perAddress } = config;
    const perService = config.RATE_LIMIT_PER_SERVICE ?? perCaller;
    this.address = this.limitOf('address', perAddress, null);
    const isPreset = isProven && perAddress === undefined;
    this.stranger = isPreset ? this.limitOf('address', undefined, STRANGER_DEFAULT) : null;
    this.caller = this.limitOf('caller', perCaller, isProven ? CALLER_DEFAULT : null);
    this.service = this.limitOf('caller', perService, isProven ? SERVICE_DEFAULT : null);
  }

  /** Has limits that are set counted by Redis, over all apps of the region. Before the app listens. */
  countExactly(exact: Pick<ExactLimits, 'take'>): void {
    this.exact = exact;
  }

  /** Before any route is added. */
  install(fastify: NestFastify): void {
    const { address, stranger, caller, service } = this;
    if ([address, stranger, caller, service].every((limit) => limit === null)) return;
    fastify.addHook('onRequest', (request, reply, done) => {
      if (this.isFree(request)) return done();
      this.finish(request, reply, this.begin(request, reply), done);
    });
    fastify.addHook('preHandler', (request, reply, done) => {
      this.finish(request, reply, beginTurn(request.raw), done);
    });
    fastify.addHook('onRoute', (route) => {
      const { weightOf } = (route.config ?? {}) as Partial<WeighedRoute>;
      if (weightOf === undefined) return;
      route.preHandler = [
        ...[route.preHandler ?? []].flat(),
        (request, reply, done) => {
          this.finish(request, reply, chargeWeight(request.raw, weightOf(request)), done);
        },
      ];
    });
  }

  /** Charges a caller 1 for what is no request of HTTP, such as the beginning of a socket. False: there is nothing left. */
  async admits(subject: Subject): Promise<boolean> {
    const limit = this.limitFor(subject);
    const key = callerKeyOf(subject);
    return limit === null || key === null || (await limit.take(key, 1)).isAllowed;
  }

  /** Whether a request is held to nothing, which most are that only read. */
  private isFree({ headers, method, routeOptions }: FastifyRequest): boolean {
    if (this.address === null && this.stranger === null && !showsSomebody(headers)) return true;
    const isPreflight =
      method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    return isPreflight || isRouteOfDeployment(routeOptions.url ?? '');
  }

  /** The address first: who is over there has nothing taken as a caller. */
  private async begin(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const charge = new Charge(reply, bodyWeight(request.headers), this.options.clock);
    charging(request.raw, charge);
    if (this.address !== null) await charge.hold(this.address, addressKey(request.ip));
    // A request without a good token is refused by the guard, or is for what is open to everybody.
    const subject = showsSomebody(request.headers)
      ? await this.options.authenticator.ofRequest(request.headers)
      : null;
    if (!subject?.ok) {
      if (this.stranger !== null) await charge.hold(this.stranger, addressKey(request.ip));
      return;
    }
    const limit = this.limitFor(subject.value);
    const key = callerKeyOf(subject.value);
    if (limit !== null && key !== null) await charge.hold(limit, key);
  }

  private limitFor({ kind }: Subject): HeldLimit | null {
    return kind === 'service' ? this.service : this.caller;
  }

  private limitOf(
    name: HeldLimit['name'],
    asked: RateLimit | 'off' | undefined,
    preset: RateLimit | null,
  ): HeldLimit | null {
    const rate = asked === 'off' ? null : (asked ?? preset);
    if (rate === null) return null;
    const { clock, metrics } = this.options;
    const windows = new SlidingWindows(rate, clock);
    const inFlight = new InFlight(inFlightMax(rate));
    const take = (key: string, cost: number): Allowance | Promise<Allowance> => {
      if (asked !== undefined && this.exact !== null)
        return this.exact.take({ kind: name, key, ...rate }, cost);
      const allowance = windows.take(key, cost);
      metrics.answered(name, allowance);
      return allowance;
    };
    if (name === 'caller') return { name, ...rate, inFlight, take };
    const watched = async (key: string, cost: number): Promise<Allowance> => {
      const allowance = await take(key, cost);
      this.noteCrowd(key, rate.limit, cost, allowance);
      return allowance;
    };
    return { name, ...rate, inFlight, take: watched };
  }

  private noteCrowd(
    address: string,
    max: number,
    cost: number,
    { isAllowed, remaining }: Allowance,
  ): void {
    const held = max - remaining;
    const before = isAllowed ? held - cost : held;
    this.options.crowded.note({ cap: 'RATE_LIMIT_PER_ADDRESS', address, held, max }, before);
  }

  /** Goes on once there is nothing to wait for, or answers why not. */
  private finish(
    request: FastifyRequest,
    reply: FastifyReply,
    task: Promise<void> | undefined,
    done: (error?: Error) => void,
  ): void {
    if (task === undefined) return done();
    task.then(
      () => done(),
      (cause: unknown) => this.refuse(request, reply, cause, done),
    );
  }

  private refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    cause: unknown,
    fail: (error: Error) => void,
  ): void {
    if (cause instanceof HeadcountError) void answerRefusal(request, reply, cause.code);
    else fail(cause instanceof Error ? cause : new Error(String(cause)));
  }
}

/** Whether a request shows who calls, be it good or not. */
const showsSomebody = (headers: IncomingHttpHeaders): boolean =>
  headers.authorization !== undefined || headers['x-headcount-user'] !== undefined;

/** Most weight of one key that is in work at once: a tenth of a second's worth, and at least that of one large query. */
const inFlightMax = ({ limit, windowSeconds }: RateLimit): number =>
  Math.max(100, Math.ceil(limit / windowSeconds / 10));
