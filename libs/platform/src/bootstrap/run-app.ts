import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PinoLogger } from 'nestjs-pino';
import { internalPortOf } from '../config/internal-settings.js';
import { isLoopback } from '../config/loopback.js';
import type { OriginPolicy } from '../config/origin-settings.js';
import type { CommonConfig } from '../config/shared-settings.js';
import { ClientAddresses, nameClients } from '../edge/client-addresses.js';
import { acceptProxyProtocol } from '../edge/proxy-protocol.js';
import { serveGraphiql } from '../graphql/graphiql.js';
import { Readiness } from '../health/readiness.js';
import { AllowedMethods } from '../http/allowed-methods.js';
import { parseBodies } from '../http/body-parser.js';
import { allowPages } from '../http/cors.js';
import { newFastifyAdapter } from '../http/fastify-adapter.js';
import { refuseStrangers, strangerIn } from '../http/local-callers.js';
import { checkGraphql } from '../http/graphql-rules.js';
import { followHttp } from '../http/http-server.js';
import { writeAnswersAtOnce } from '../http/one-write.js';
import { InternalServer, isInternal, isInternalRoute } from '../http/internal-server.js';
import { serveOpenApi } from '../http/openapi.js';
import { checkHeads } from '../http/request-head.js';
import { answerOnSocket } from '../http/refusal.js';
import { takeUpgrades, type IsTaken, type TakeUpgrade } from '../http/upgrades.js';
import { secureAnswers } from '../http/security-headers.js';
import { AppLogger } from '../logging/app-logger.js';
import { Metrics } from '../metrics/metrics.js';
import { PlatformModule } from '../platform.module.js';
import { signAnswers } from '../signing/signed.guard.js';
import { RequestLimits } from '../rate-limits/request-limits.js';
import { budgetStoreCalls } from '../redis/store-call-budget.js';
import { Connections } from './connections.js';
import { listenError } from './start-error.js';

/** The names of those settings that are numbers. */
type NumberName<C> = {
  [Name in keyof C & string]: C[Name] extends number ? Name : never;
}[keyof C & string];

/** The names of those that are numbers if they are given. */
type OptionalNumberName<C> = {
  [Name in keyof C & string]: number | undefined extends C[Name]
    ? C[Name] extends number | undefined
      ? Name
      : never
    : never;
}[keyof C & string];

/** What an app is made of. */
export interface AppDefinition<C extends CommonConfig> {
  /** In logs and metrics, for example `counter-api`. */
  readonly name: string;
  readonly module: Type | DynamicModule;
  readonly config: C;
  /** The name of the setting that holds its port. */
  readonly portSetting: NumberName<C>;
  /** The name of the setting that holds its internal port, where the operator chooses one. */
  readonly internalPortSetting?: OptionalNumberName<C>;
  /** Whose pages may read what it answers; absent: those of its own origin. */
  readonly pages?: OriginPolicy;
  /** Store calls that one request may make; absent: the app has no store. */
  readonly storeCallsMax?: number;
  /** Describes its REST interface, which is served as `/openapi.json`. */
  readonly openApi?: (nest: NestFastifyApplication) => OpenAPIObject;
  /** Which upgrades it takes, and how; absent: none. */
  readonly upgrades?: (nest: NestFastifyApplication) => {
    readonly isTaken: IsTaken;
    readonly take: TakeUpgrade;
  };
  /** Called before the app listens: for what needs the HTTP server or Fastify itself. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
}

/** An app that listens. */
export interface RunningApp {
  readonly name: string;
  /** Its address, for example `http://127.0.0.1:4000`. */
  readonly url: string;
  /** The port it got, also where 0 was asked for. */
  readonly port: number;
  /** Where other apps and operators reach it. */
  readonly internalUrl: string;
  readonly internalPort: number;
  readonly nest: NestFastifyApplication;
  /**
   * The beginning of a stop: not ready from now on, and each public connection ends with the answer that is under way, all of them after
   * `graceMs`. Again: nothing.
   */
  beginStop(graceMs?: number): void;
  /** How long `close` may take, in milliseconds, where its operator has asked for more than the usual. */
  readonly stopMsMax?: number;
  /** Stops. Again: the same stop. */
  close(): Promise<void>;
}

/** How long an answer under way may take when the app stops, in milliseconds: it is for clients that take in what they are sent. */
const GRACE_MS = 400;

@Module({})
class AppRoot {}

/**
 * Starts an app and returns once it listens. May be called several times in one process: nothing
 * here is shared, no signal is listened for, and the process never ended; see mainOf for that.
 * Throws StartError where the operator can mend it; a part-made app is stopped before.
 */
export async function runApp<C extends CommonConfig>(
  definition: AppDefinition<C>,
): Promise<RunningApp> {
  const { name, config, configure } = definition;
  const nest = await create(definition);
  try {
    knowClients(nest, config);
    followHttp(nest.getHttpServer());
    const connections = new Connections(nest.getHttpServer());
    writeAnswersAtOnce(nest.getHttpServer());
    const internal = new InternalServer(nest.getHttpAdapter().getInstance(), config);
    await prepare(nest, definition);
    await configure?.(nest);
    takeUpgradesOf(nest, definition, connections);
    const port = await listen(nest, definition);
    const internalPort = await listenInternally(internal, definition);
    const url = `http://${urlHost(config.HOST)}:${port}`;
    const internalUrl = `http://${urlHost(config.INTERNAL_HOST)}:${internalPort}`;
    (await nest.resolve(PinoLogger)).info({ url, internalUrl }, 'ready');
    const beginStop = begin(nest, connections);
    const close = once(() => stop(nest, { connections, internal, beginStop }));
    return { name, url, port, internalUrl, internalPort, nest, beginStop, close };
  } catch (cause) {
    await nest.close();
    throw cause;
  }
}

async function create<C extends CommonConfig>({
  name,
  module,
  config,
}: AppDefinition<C>): Promise<NestFastifyApplication> {
  const root = { module: AppRoot, imports: [PlatformModule.forRoot({ name, config }), module] };
  const nest = await NestFactory.create<NestFastifyApplication>(root, newFastifyAdapter(config), {
    // Lines before the logger exists are kept for it.
    bufferLogs: true,
    // And thrown away if there never is one: then the sentence on stderr is all that is to be said.
    autoFlushLogs: false,
    bodyParser: false,
    // Else a failure would end the process without a sentence.
    abortOnError: false,
  });
  nest.useLogger(new AppLogger(await nest.resolve(PinoLogger)));
  nest.flushLogs();
  return nest;
}

/** First of all: whatever comes after may ask where a request is from. */
function knowClients(
  nest: NestFastifyApplication,
  { PROXY_PROTOCOL, TRUSTED_PROXIES, HEADERS_TIMEOUT_MS: headerMs }: CommonConfig,
): void {
  const addresses = nest.get(ClientAddresses);
  nameClients(nest.getHttpAdapter().getInstance(), addresses);
  if (PROXY_PROTOCOL === 'off') return;
  const refused = nest.get(Metrics).counter({
    name: 'proxy_headers_refused_total',
    help: 'Connections of trusted proxies closed for their PROXY header: malformed, oversized or late.',
    labelNames: ['reason'],
  });
  acceptProxyProtocol(nest.getHttpServer(), {
    ...{ trusts: TRUSTED_PROXIES.trusts, headerMs },
    carries: (socket, source) => addresses.carries(socket, source),
    refused: (reason) => refused.inc({ reason }),
  });
}

async function prepare<C extends CommonConfig>(
  nest: NestFastifyApplication,
  { config, pages, openApi, storeCallsMax }: AppDefinition<C>,
): Promise<void> {
  const fastify = nest.getHttpAdapter().getInstance();
  const allowed = nest.get(AllowedMethods);
  fastify.addHook('onRoute', ({ url, method }) => {
    if (!isInternalRoute(url)) allowed.note(url, [method].flat());
  });
  checkHeads(fastify);
  parseBodies(fastify);
  checkGraphql(fastify);
  signAnswers(fastify);
  if (storeCallsMax !== undefined) budgetStoreCalls(fastify, storeCallsMax, nest.get(Metrics));
  const development = isLoopback(config.HOST);
  secureAnswers(fastify, development);
  const isReachedByOthers = !isLoopback(config.INTERNAL_HOST);
  if (config.AUTH === 'off')
    refuseStrangers(fastify, (request) => isReachedByOthers && isInternal(request));
  if (pages) await allowPages(fastify, pages, allowed);
  nest.get(RequestLimits).install(fastify);
  if (openApi) serveOpenApi(nest, openApi, development);
  if (development) serveGraphiql(fastify);
  if (config.LOG_LEVEL !== 'debug' && config.LOG_LEVEL !== 'trace') return;
  const logger = await nest.resolve(PinoLogger);
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    logger.debug({ method, url, status: reply.statusCode, ms: reply.elapsedTime }, 'request');
    done();
  });
}

function takeUpgradesOf<C extends CommonConfig>(
  nest: NestFastifyApplication,
  { config, upgrades }: AppDefinition<C>,
  connections: Connections,
): void {
  if (upgrades === undefined) return;
  const { isTaken, take } = upgrades(nest);
  takeUpgrades(nest.getHttpServer(), isTaken, (request, socket, head) => {
    connections.leave(socket);
    const stranger = config.AUTH === 'off' ? strangerIn(request.headers) : null;
    if (stranger === null) take(request, socket, head);
    else answerOnSocket(socket, 'NOT_LOCAL', stranger);
  });
}

async function listen<C extends CommonConfig>(
  nest: NestFastifyApplication,
  { config, portSetting }: AppDefinition<C>,
): Promise<number> {
  const host = config.HOST;
  const port = Number(config[portSetting]);
  try {
    await nest.listen(port, host);
  } catch (cause) {
    throw listenError(cause, { host, port, portSetting, hostSetting: 'HOST' });
  }
  const address = nest.getHttpServer().address();
  return typeof address === 'object' && address ? address.port : port;
}

async function listenInternally<C extends CommonConfig>(
  server: InternalServer,
  { config, portSetting, internalPortSetting }: AppDefinition<C>,
): Promise<number> {
  const given = internalPortSetting && (config[internalPortSetting] as number | undefined);
  const host = config.INTERNAL_HOST;
  const port = internalPortOf(Number(config[portSetting]), given);
  const place = {
    ...{ host, port, hostSetting: 'INTERNAL_HOST' },
    portSetting: internalPortSetting ?? portSetting,
  };
  try {
    return await server.listen(port, host);
  } catch (cause) {
    throw listenError(cause, place);
  }
}

function begin(nest: NestFastifyApplication, connections: Connections) {
  let isBegun = false;
  return (graceMs = GRACE_MS): void => {
    if (isBegun) return;
    isBegun = true;
    nest.get(Readiness).stop();
    connections.endThese();
    setTimeout(() => connections.cut(), graceMs).unref();
  };
}

async function stop(
  nest: NestFastifyApplication,
  parts: {
    readonly connections: Connections;
    readonly internal: InternalServer;
    readonly beginStop: () => void;
  },
): Promise<void> {
  const { connections, internal, beginStop } = parts;
  beginStop();
  connections.endAll();
  const impatience = setTimeout(() => internal.abort(), GRACE_MS);
  try {
    await nest.close();
  } finally {
    clearTimeout(impatience);
  }
}

function once<T>(act: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return () => (done ??= act());
}

const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
