/** All regions of a deployment: which hosts there are, who runs on them, and how datagrams find them. */
import type { AuditDifference } from '@headcount/counter-store';
import { CounterApi, type Deployment } from './api/counter-api.js';
import { Evidence } from './check/evidence.js';
import { Http, type HttpClient } from './core/http.js';
import { Network, regionOf } from './core/network.js';
import { Process } from './core/process.js';
import type { World } from './core/world.js';
import { Gateway } from './gateway/gateway.js';
import type { RealRedis } from './redis/real-redis.js';
import { RedisPart } from './redis/redis-part.js';

/** How large a deployment is. */
export interface Topology {
  readonly regions: readonly string[];
  readonly counterApis: number;
  readonly gateways: number;
  readonly buckets: number;
  readonly durability: 'memory' | 'replicas';
  /** Whether zeros are swept as soon as can be, so that floors rise all the time, and parts hold as little as can be. */
  readonly hasty: boolean;
  /** Whether counter-apis keep in memory what is read again and again. */
  readonly cached: boolean;
}

/** As many as there can be, in the order in which they are taken. */
export const REGION_NAMES: readonly string[] =
  'ams fra lon par mad waw dub arn iad ord dfw sjc gru sin nrt syd'.split(' ');

const SYNC_MS = 2000;
const TICK_MS = 100;
const SWEEP_MS = 5000;
const HASTY_SWEEP_MS = 700;
const ZERO_SECONDS = 60;

export class Cluster {
  readonly network: Network;
  readonly http: Http;
  readonly redises = new Map<string, RedisPart>();
  readonly counterApis = new Map<string, CounterApi>();
  readonly gateways = new Map<string, Gateway>();
  /** By how much the clock of each host is wrong, in milliseconds. */
  readonly clocks = new Map<string, { skewMs: number }>();
  /** What audits have found: anything is a bug. */
  readonly differences: string[] = [];
  private readonly deployment: Deployment;
  private readonly clients = new Map<string, HttpClient>();
  private readonly ended = new Set<string>();
  private started = 0;

  constructor(
    readonly world: World,
    readonly topology: Topology,
    reals: readonly RealRedis[],
  ) {
    this.network = new Network(world);
    this.http = new Http(world, this.network);
    const { regions, buckets, durability, hasty, cached } = topology;
    this.deployment = {
      ...{ network: this.network, http: this.http, buckets, durability },
      regions: new Map(regions.map((region) => [region, this.apiHosts(region)])),
      ...{ syncMs: SYNC_MS, tickMs: TICK_MS, sweepMs: hasty ? HASTY_SWEEP_MS : SWEEP_MS },
      ...{ zeroSeconds: hasty ? 1 : ZERO_SECONDS, cached },
      parts: hasty ? { rowsMax: 1, recordsMax: 1 } : { rowsMax: 500, recordsMax: 500 },
      onDifferences: (region, found) => this.note(region, found),
      evidence: new Evidence({ periodMs: SYNC_MS, nowMs: () => world.nowMs }),
      onDead: (looker, gateway) => this.condemned(looker, gateway),
    };
    regions.forEach((region, at) => {
      const real = reals[at];
      if (real === undefined) throw new Error(`there is no Redis for ${region}`);
      const host = `${region}/redis`;
      const redis = new RedisPart(world, host, this.process(host), real);
      redis.onForgets = () => this.deployment.evidence.redisForgets();
      this.redises.set(region, redis);
    });
  }

  /** Hosts of the counter-apis of a region. */
  apiHosts(region: string): string[] {
    return Array.from({ length: this.topology.counterApis }, (_, at) => `${region}/api${at + 1}`);
  }

  /** Hosts of the gateways of a region. */
  gatewayHosts(region: string): string[] {
    return Array.from({ length: this.topology.gateways }, (_, at) => `${region}/gateway${at + 1}`);
  }

  /** Starts all processes of a region. */
  startRegion(region: string): void {
    for (const host of [...this.apiHosts(region), ...this.gatewayHosts(region)]) this.start(host);
  }

  /** Everything of a region ends, for good. */
  endRegion(region: string): void {
    this.ended.add(region);
    for (const host of [...this.apiHosts(region), ...this.gatewayHosts(region)]) this.crash(host);
    this.redisOf(region).process.crash();
  }

  /** Regions that have not ended. */
  regionsInService(): string[] {
    return this.topology.regions.filter((region) => !this.ended.has(region));
  }

  /** Starts what belongs on a host, unless it runs there. */
  start(host: string): void {
    if (this.ended.has(regionOf(host))) return;
    if (this.counterApis.has(host) || this.gateways.has(host)) return;
    if (this.apiHosts(regionOf(host)).includes(host)) this.startApi(host);
    else this.startGateway(host);
  }

  private startApi(host: string): void {
    const region = regionOf(host);
    const redis = this.redisOf(region);
    const process = this.process(host);
    this.counterApis.set(host, new CounterApi(process, host, region, redis, this.deployment));
  }

  private startGateway(host: string): void {
    const hosts = this.apiHosts(regionOf(host));
    const first = this.gatewayHosts(regionOf(host)).indexOf(host) % hosts.length;
    const gateway = new Gateway({
      process: this.process(host),
      host,
      counterApis: [...hosts.slice(first), ...hosts.slice(0, first)],
      deployment: this.deployment,
      send: (to, bytes) => this.sendFeed(host, to, bytes),
    });
    this.gateways.set(host, gateway);
  }

  /** Ends what runs on a host in the midst of its work. */
  crash(host: string): void {
    this.counterApis.get(host)?.crash();
    this.counterApis.delete(host);
    this.gateways.get(host)?.crash();
    this.gateways.delete(host);
  }

  /** What runs on a host now. */
  processAt(host: string): Process | undefined {
    return (
      this.counterApis.get(host)?.process ??
      this.gateways.get(host)?.process ??
      this.redises.get(regionOf(host))?.process
    );
  }

  redisOf(region: string): RedisPart {
    const redis = this.redises.get(region);
    if (redis === undefined) throw new Error(`there is no region ${region}`);
    return redis;
  }

  /** A client beside a counter-api, kept; `role` tells clients apart. */
  clientOf(host: string, role: string): HttpClient {
    let client = this.clients.get(`${role} ${host}`);
    if (client === undefined) {
      const own = `${regionOf(host)}/${role}`;
      const process = this.process(own);
      client = this.http.client({ process, instance: process.hex(32), host: own }, host);
      this.clients.set(`${role} ${host}`, client);
    }
    return client;
  }

  /** A new process on a host, with the host's clock. */
  process(host: string): Process {
    let clock = this.clocks.get(host);
    if (clock === undefined) this.clocks.set(host, (clock = { skewMs: 0 }));
    this.started += 1;
    return new Process(
      this.world,
      host,
      clock,
      this.world.stream(`process ${host} ${this.started}`),
    );
  }

  private sendFeed(from: string, to: string, bytes: Uint8Array): void {
    this.network.datagram(from, to, () => {
      const api = this.counterApis.get(to);
      api?.process.receive('takes a datagram', () =>
        api.datagram(bytes, (have) => this.sendHave(to, from, have)),
      );
    });
  }

  private sendHave(from: string, to: string, bytes: Uint8Array): void {
    this.network.datagram(from, to, () => {
      const gateway = this.gateways.get(to);
      gateway?.process.receive('takes an answer', () => gateway.datagram(bytes));
    });
  }

  private condemned(looker: string, gateway: string): void {
    const accused = [...this.gateways.values()].find(({ instance }) => instance === gateway);
    if (accused?.process.alive && !accused.process.paused)
      this.world.halt(this.deployment.evidence.condemns(looker, gateway));
  }

  private note(region: string, found: readonly AuditDifference[]): void {
    for (const difference of found)
      this.differences.push(`${region}: audit found ${JSON.stringify(difference)}`);
  }
}
