/** What a seed stands for: how large the deployment is, what its crowd does, and which faults befall it. */
import type { Random } from '@headcount/testing';
import { REGION_NAMES, type Topology } from '../cluster.js';
import { hostsOf } from './hosts.js';
import type { Fault } from './fault.js';
import { drawCut } from './cuts.js';

export interface Plan {
  readonly topology: Topology;
  readonly pages: number;
  readonly viewers: number;
  /** Users who follow pages; many seeds have none. */
  readonly followers: number;
  /** Voters on pages; many seeds have none. */
  readonly voters: number;
  /** Whether an operator sets counters; in most seeds none does. */
  readonly operated: boolean;
  /** Until then viewers and clients act, in milliseconds. */
  readonly busyMs: number;
  /** Mean time between two acts, in milliseconds. */
  readonly actEveryMs: number;
  readonly faults: readonly Fault[];
}

export interface PlanOptions {
  /** How many regions; null: drawn. */
  readonly regions: number | null;
}

/** After so long without a heartbeat a gateway is held for dead, where another one moves (DESIGN.md §6). */
const LEASE_MS = 8000;
/** The share of seeds in which users follow pages; what is asked for them takes as long as all the rest. */
const FOLLOWED = 0.15;
/** The same of voters, of seeds with several regions: in a bucket without peers a vote that is taken back leaves nothing to be held against. */
const VOTED = 0.15;
/** The same of those in which counter-apis keep counters in memory. */
const CACHED = 0.4;
/** The same of an operator who sets counters. */
const OPERATED = 0.2;
const FAULTS_MAX = 6;
/** More only where they are asked for: what goes wrong goes wrong between three, and each costs time. */
export const DRAWN_REGIONS_MAX = 3;
const CLOCK_STEP_MS_MAX = 120_000;
/** A backup may be from the beginning. */
const OLD_MS = 15_000;

/** Draws the plan of a seed. */
export function drawPlan(random: Random, options: PlanOptions): Plan {
  const integer = (least: number, most: number): number =>
    least + Math.floor(random() * (most - least + 1));
  const regions =
    options.regions ?? (random() < 0.25 ? 1 : random() < 0.75 ? 2 : DRAWN_REGIONS_MAX);
  const hostsMax = regions === 1 ? 3 : regions <= DRAWN_REGIONS_MAX ? 2 : 1;
  const topology: Topology = {
    hasty: false,
    cached: false,
    regions: REGION_NAMES.slice(0, regions),
    counterApis: integer(1, hostsMax),
    gateways: integer(1, hostsMax),
    buckets: integer(1, 3),
    durability: random() < 0.5 ? 'memory' : 'replicas',
  };
  const busyMs = integer(6, 16) * 1000;
  const actEveryMs = integer(60, 300);
  const count = integer(1, FAULTS_MAX);
  const faults = Array.from({ length: count }, () => drawFault(random, topology, busyMs));
  if (regions > 1 && random() < 0.1) {
    const region = topology.regions[integer(0, regions - 1)] ?? '';
    faults.push({ kind: 'late', atMs: integer(2000, busyMs), region });
  }
  if (regions > 1 && random() < 0.1) {
    const region = topology.regions[integer(0, regions - 1)] ?? '';
    faults.push({ kind: 'retirement', atMs: integer(2000, busyMs), region });
  }
  faults.sort((left, right) => left.atMs - right.atMs);
  const size = { pages: integer(1, 5), viewers: integer(2, 8), busyMs, actEveryMs };
  // Drawn last: seeds that failed before there was this go on to draw what they drew.
  const hasty = random() < 0.5;
  const followers = random() < FOLLOWED ? integer(1, 3) : 0;
  const voters = regions > 1 && random() < VOTED ? integer(1, 3) : 0;
  const cached = random() < CACHED;
  const operated = random() < OPERATED;
  const people = { ...size, followers, voters, operated };
  return { topology: { ...topology, hasty, cached }, ...people, faults: onePerRedis(faults) };
}

type FaultMaker = (at: number, draws: Draws) => Fault;

interface Draws {
  readonly random: Random;
  readonly topology: Topology;
  readonly integer: (least: number, most: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
}

const anyRegion = ({ pick, topology }: Draws): string => pick(topology.regions);
const anyApp = ({ pick, topology }: Draws): string =>
  pick(hostsOf(topology).filter((host) => !host.endsWith('/redis')));

/** Each kind as often as it stands here. */
const MAKERS: readonly FaultMaker[] = [
  (atMs, { random, integer }) => ({
    ...{ kind: 'noise', atMs, forMs: integer(2000, 15_000) },
    noise: {
      loss: Math.round(random() * 30) / 100,
      duplication: Math.round(random() * 50) / 100,
      delayMs: integer(0, 1) * integer(1, 400),
    },
  }),
  (atMs, { integer, random, topology }) => ({
    ...{ kind: 'cut', atMs, forMs: integer(200, 12_000) },
    ...drawCut(random, topology),
  }),
  (atMs, { integer, random, topology }) => ({
    ...{ kind: 'cut', atMs, forMs: integer(200, 12_000) },
    ...drawCut(random, topology),
  }),
  (atMs, { random, pick, topology }) => {
    const leases = random() < 0.02 ? 100 : random() < 0.3 ? 3 : random() < 0.5 ? 1 : 0.2;
    return { kind: 'pause', atMs, forMs: leases * LEASE_MS, host: pick(hostsOf(topology)) };
  },
  (atMs, draws) => ({
    ...{ kind: 'crash', atMs, forMs: draws.integer(100, 12_000), host: anyApp(draws) },
  }),
  (atMs, draws) => ({
    ...{ kind: 'crash', atMs, forMs: draws.integer(100, 12_000), host: anyApp(draws) },
  }),
  (atMs, { integer, pick, topology }) => {
    const gateways = hostsOf(topology).filter((host) => host.includes('/gateway'));
    return { kind: 'stop', atMs, forMs: integer(3000, 8000), host: pick(gateways) };
  },
  (atMs, draws) => ({
    ...{ kind: 'clock', atMs, host: anyApp(draws) },
    byMs: draws.integer(-CLOCK_STEP_MS_MAX, CLOCK_STEP_MS_MAX),
  }),
  (atMs, draws) => ({
    ...{ kind: 'restart', atMs, forMs: draws.integer(20, 3000), region: anyRegion(draws) },
  }),
  (atMs, draws) => ({
    ...{ kind: 'rollback', atMs, forMs: draws.integer(20, 3000), region: anyRegion(draws) },
    ageMs: draws.random() < 0.25 ? OLD_MS : draws.integer(1, 2000),
  }),
  (atMs, draws) => ({
    ...{ kind: 'promotion', atMs, region: anyRegion(draws), ageMs: draws.integer(1, 2000) },
  }),
  (atMs, draws) => ({ kind: 'flush', atMs, region: anyRegion(draws) }),
];

function drawFault(random: Random, topology: Topology, busyMs: number): Fault {
  const draws: Draws = {
    random,
    topology,
    integer: (least, most) => least + Math.floor(random() * (most - least + 1)),
    pick: (list) => {
      const picked = list[Math.floor(random() * list.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
  };
  return draws.pick(MAKERS)(draws.integer(1000, busyMs), draws);
}

/** The times of two losses of one Redis must not overlap, or nobody could say what was promised. */
function onePerRedis(faults: readonly Fault[]): Fault[] {
  const busyUntil = new Map<string, number>();
  return faults.filter((fault) => {
    if (!('region' in fault) || fault.kind === 'late' || fault.kind === 'retirement') return true;
    const began = fault.atMs - ('ageMs' in fault ? fault.ageMs : 0);
    if (began < (busyUntil.get(fault.region) ?? -Infinity)) return false;
    busyUntil.set(fault.region, fault.atMs + ('forMs' in fault ? fault.forMs : 0) + 1);
    return true;
  });
}
