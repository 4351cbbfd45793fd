/**
 * The arithmetic of `npm run capacity`: from a load and what each piece of work costs to machines. No queueing theory: a core
 * is used up to a share that leaves room for bursts.
 */

/** The load, and what machines it is spread over; every number can be given on the command line. */
export const DEFAULTS = {
  viewers: 300e6,
  regions: 5,
  /** How long somebody stays on a page, in seconds; a join and a leave each. */
  sessionSeconds: 300,
  /** Viewers of a page, on the average of viewers. */
  audience: 30,
  /** Reads of counters a second over GET and GraphQL, everywhere; a tenth as many writes. */
  reads: 3e6,
  /** Of the reads, how many find their counter kept in memory. */
  cached: 0.9,
  counters: 3e9,
  /** PUSHES_PER_SECOND of a counter-api; a gateway gets its pushes from one. */
  pushesPerSecond: 500,
  /** Sockets that one gateway is to carry at most. */
  gatewaySockets: 250e3,
  /** Share of a core that is to be used, and of memory. */
  use: 0.6,
  redisNodeGib: 16,
};

/** How often a page is told of to one gateway, and how often a gateway sends, a second at most (TICK_MS of each). */
const TELLINGS_A_SECOND_MAX = 10;
const SENDS_A_SECOND_MAX = 20;
/** A bucket is never split over two nodes. */
const BUCKETS = 1024;
/** Share of all writes that go to one counter. */
const HOT_SHARE = 0.01;
const GIB = 2 ** 30;

/** What a region needs under `load`. `costs` are named as in unit-costs.json. */
export function sizeRegion(load, costs) {
  const { viewers, regions, use, gatewaySockets, redisNodeGib, pushesPerSecond } = load;
  const sockets = viewers / regions;
  const shown = shownWork(load);
  const gatewayCores = coresFor(shown, {
    joins: costs.gatewayConnectUs,
    pushedValues: costs.gatewayPushedValueUs,
    deliveries: costs.gatewayDeliveryUs,
  });
  const gateways = Math.ceil(
    Math.max(
      machinesFor(gatewayCores, load, shown.pushedValues, costs.gatewayPushUs),
      sockets / gatewaySockets,
    ),
  );
  const work = { ...shown, ...countedWork(load, shown, gateways) };
  const ownerCores = coresFor(work, {
    entries: costs.ownerEntryUs,
    pushedValues: costs.ownerPushedValueUs,
    reads: costs.ownerReadUs,
    writes: costs.ownerWriteUs,
    mergedRows: costs.ownerMergedRowUs,
  });
  const redisCores = coresFor(work, {
    entries: costs.redisEntryUs,
    readsFromRedis: costs.redisReadUs,
    writes: regions > 1 ? costs.redisWriteWithPeersUs : costs.redisWriteUs,
    mergedRows: costs.redisMergedRowUs,
  });
  const redisBytes = memoryOf(load, costs);
  const nodesForMemory = redisBytes / (use * redisNodeGib * GIB);
  const owners = Math.ceil(machinesFor(ownerCores, load, shown.pushedValues, costs.ownerPushUs));
  const pushes = Math.min(shown.pushedValues, Math.min(gateways, owners) * pushesPerSecond);
  return {
    work: { ...work, pushes },
    gateways,
    owners,
    redisNodes: Math.ceil(Math.max(redisCores / use, nodesForMemory)),
    gatewayGiB: (sockets * costs.gatewaySocketKiB * 1024) / GIB / use,
    redisGiB: redisBytes / GIB,
    outGbit: (work.deliveries * costs.deliveryBytes * 8) / 1e9,
    betweenGbit: (work.mergedRows * costs.regionRowBytes * 8) / 1e9,
  };
}

/**
 * Machines of one core for `cores` of other work and for pushes of `us` each, as many as there are values, but no more than
 * the budget of each machine.
 */
function machinesFor(cores, { use, pushesPerSecond }, values, us) {
  const ofEach = use - (pushesPerSecond * us) / 1e6;
  const oneByOne = (cores + (values * us) / 1e6) / use;
  return ofEach > 0 ? Math.min(oneByOne, cores / ofEach) : oneByOne;
}

/** What a region shows its viewers, a second. */
function shownWork({ viewers, regions, sessionSeconds, audience, gatewaySockets }) {
  const sockets = viewers / regions;
  const audienceHere = audience / regions;
  // A page changes with each join and leave of anybody anywhere, and is told of at most once a tick.
  const pageChanges = Math.min((2 * audience) / sessionSeconds, TELLINGS_A_SECOND_MAX);
  // A page is pushed to as many gateways as there are, or viewers of it here.
  const watching = Math.max(Math.min(audienceHere, sockets / gatewaySockets), 1);
  return {
    joins: sockets / sessionSeconds,
    pushedValues: (sockets / Math.max(audienceHere, 1)) * watching * pageChanges,
    deliveries: sockets * pageChanges,
  };
}

/** What it counts and reads. */
function countedWork({ regions, reads, cached }, { joins }, gateways) {
  // Each gateway tells of the whole website too, once a sending.
  const siteEntries = gateways * SENDS_A_SECOND_MAX;
  const writes = reads / 10 / regions;
  return {
    siteEntries,
    entries: 2 * joins + siteEntries,
    reads: reads / regions,
    readsFromRedis: (reads * (1 - cached)) / regions,
    writes,
    mergedRows: (regions - 1) * (2 * joins + writes),
  };
}

/** Cores that are busy the whole second, where each piece of `work` takes what `us` says of it. */
function coresFor(work, us) {
  return Object.entries(us).reduce((sum, [what, each]) => sum + (work[what] * each) / 1e6, 0);
}

function memoryOf({ viewers, regions, audience, counters }, costs) {
  const sockets = viewers / regions;
  const perCounter = regions > 1 ? costs.redisPeersCounterBytes : costs.redisCounterBytes;
  // A register of each region a page, an entry of a gateway for each of its viewers here.
  const presence = (viewers / audience) * regions + sockets;
  return counters * perCounter + presence * costs.redisPresenceBytes;
}

/**
 * What cannot be spread over more machines, each with the share of it that `load` uses up and the viewers at which it is full;
 * the first breaks first.
 */
export function limitsOf(load, costs) {
  const { work, redisNodes } = sizeRegion(load, costs);
  const shares = [
    [
      'Redis node of the bucket of @site: each gateway tells of the whole website',
      (work.siteEntries * costs.redisEntryUs) / 1e6,
    ],
    ['nodes of Redis, of which there can be no more than buckets', redisNodes / BUCKETS],
    [
      'writes of one counter that gets a hundredth of all',
      (work.writes * HOT_SHARE * costs.redisWriteWithPeersUs) / 1e6,
    ],
  ];
  return shares
    .map(([what, share]) => ({ what, share, viewers: load.viewers / share }))
    .sort((left, right) => right.share - left.share);
}

/** What a core, a gigabyte and a node of Redis carry, whatever the load. */
export function carriedBy({ use, redisNodeGib, regions }, costs) {
  const aCore = (us) => (use * 1e6) / us;
  const perCounter = regions > 1 ? costs.redisPeersCounterBytes : costs.redisCounterBytes;
  return [
    ['core of a gateway', aCore(costs.gatewayDeliveryUs), 'deliveries a second'],
    ['core of a gateway', aCore(costs.gatewayConnectUs), 'new sockets a second'],
    ['core of a counter-api', aCore(costs.ownerReadUs), 'reads a second'],
    ['core of a counter-api', aCore(costs.ownerWriteUs), 'writes a second'],
    ['core of a counter-api', aCore(costs.ownerEntryUs), 'changed pages of gateways a second'],
    ['gigabyte of a gateway', (use * GIB) / (costs.gatewaySocketKiB * 1024), 'sockets'],
    ['gigabyte of Redis', GIB / perCounter, 'counters'],
    ['node of Redis', aCore(costs.redisWriteWithPeersUs), 'writes a second'],
    ['node of Redis', aCore(costs.redisEntryUs), 'changed pages of gateways a second'],
    ['node of Redis', (use * redisNodeGib * GIB) / perCounter, 'counters'],
  ];
}
