/**
 * One seed from its plan to its verdict: a busy time with faults, then quiet, in which everything must come right,
 * and stay so; then everybody leaves, and nothing must be left.
 */
import type { PageId } from '@headcount/protocol';
import type { Random } from '@headcount/testing';
import { ApiReaders } from './check/api-readers.js';
import { Contents } from './check/contents.js';
import { wrongAtRest, type Standing, type Truth } from './check/convergence.js';
import { wrongLeftOver } from './check/left-over.js';
import { readBuckets, type RawBucket } from './check/raw-bucket.js';
import { wrongSums } from './check/sums.js';
import { wrongUnheard } from './check/unheard.js';
import { UnreadReaders } from './check/unread-readers.js';
import { wrongVotes } from './check/votes.js';
import { Cluster } from './cluster.js';
import { World } from './core/world.js';
import { Crowd } from './crowd/crowd.js';
import { Followers } from './crowd/followers.js';
import { Ledger } from './crowd/ledger.js';
import { Operators } from './crowd/operators.js';
import { Likers } from './crowd/likers.js';
import { Voters } from './crowd/voters.js';
import { FaultMaker } from './plan/fault-maker.js';
import { endMs } from './plan/fault.js';
import { drawPlan, type Plan } from './plan/plan.js';
import type { RealRedis } from './redis/real-redis.js';

export interface SeedOptions {
  /** Servers to run on, one a region at least; they are emptied. */
  readonly redises: readonly RealRedis[];
  /** How many regions; null: drawn. */
  readonly regions: number | null;
  readonly trace: boolean;
  /** Faults of the plan to be left out, by their places. */
  readonly without?: ReadonlySet<number>;
}

export interface Verdict {
  readonly seed: number;
  readonly plan: Plan;
  /** The first wrong observation; null: there was none. */
  readonly failure: { readonly atMs: number; readonly wrong: readonly string[] } | null;
  readonly events: number;
  readonly virtualMs: number;
  /** Requests between processes, and the bytes of their bodies both ways. */
  readonly carried: { readonly requests: number; readonly bytes: number };
  /** One line an event, where it was asked for. */
  readonly trace: readonly string[];
}

/** How long it may take until all is right: a reap by one that is alone, and what it waits for. */
const REST_MS_MAX = 60_000;
const REST_STEP_MS = 500;
/** Until then what is right may become wrong once more. */
const SETTLE_MS = 15_000;
/** How long it must stay right. */
const STAY_MS = 3000;
const PROBES = 3;
/** Followers act so much more seldom than all others together. */
const FOLLOWERS_PAUSE = 2;
/** The same of voters. */
const VOTERS_PAUSE = 2;
/** The same of the operator. */
const OPERATOR_PAUSE = 6;
/** One seed in so many also waits until zeros are swept. */
const SWEEP_SEEDS = 8;

/** Runs a seed. Rejects only for a mistake of the simulator itself. */
export async function runSeed(seed: number, options: SeedOptions): Promise<Verdict> {
  const world = new World(seed, options);
  const plan = drawPlan(world.stream('plan'), options);
  for (const redis of options.redises.slice(0, plan.topology.regions.length)) await redis.flush();
  const run = new Run(world, plan, options);
  const wrong = await run.toTheEnd();
  return {
    ...{ seed, plan, events: world.happened, virtualMs: world.nowMs, carried: run.carried },
    failure: wrong.length > 0 ? { atMs: world.nowMs, wrong } : null,
    trace: world.trace ?? [],
  };
}

class Run {
  private readonly cluster: Cluster;
  private readonly crowd: Crowd;
  private readonly likers: Likers;
  private readonly followers: Followers;
  private readonly truth: Truth;
  private readonly contents = new Contents();
  private readonly random: Random;
  private readonly followerDraws: Random;
  private readonly voters: Voters;
  private readonly voterDraws: Random;
  private readonly operators: Operators;
  private readonly operatorDraws: Random;
  private readonly ledger = new Ledger();
  private readonly maker: FaultMaker;
  private readonly readers: ApiReaders;
  private readonly unreadReaders: UnreadReaders;

  constructor(
    private readonly world: World,
    private readonly plan: Plan,
    private readonly options: SeedOptions,
  ) {
    const { topology, viewers } = plan;
    this.cluster = new Cluster(world, topology, options.redises);
    this.random = world.stream('acts');
    this.followerDraws = world.stream('follower acts');
    this.voterDraws = world.stream('voter acts');
    this.operatorDraws = world.stream('operator acts');
    const pages = Array.from({ length: plan.pages }, (_, at) => `/p${at}` as PageId);
    this.crowd = new Crowd(this.cluster, pages, viewers, (session, before, after) =>
      world.halt([
        `${session.viewer} at ${session.host} is shown ${JSON.stringify(after)} after ${JSON.stringify(before)}`,
      ]),
    );
    this.likers = new Likers(this.cluster, pages, this.ledger);
    this.followers = new Followers(this.cluster, pages, plan.followers, this.ledger);
    this.voters = new Voters(this.cluster, pages, plan.voters, this.ledger);
    this.operators = new Operators(this.cluster, pages, this.ledger);
    this.unreadReaders = new UnreadReaders(this.cluster, this.followers);
    this.maker = new FaultMaker(this.cluster, this.crowd, this.ledger);
    this.readers = new ApiReaders(this.cluster);
    this.truth = { cluster: this.cluster, crowd: this.crowd, ledger: this.ledger };
    for (const redis of this.cluster.redises.values()) {
      redis.onlooker = (region, publication) =>
        world.halt(this.contents.published(region, publication));
    }
  }

  get carried() {
    return this.cluster.http.carried;
  }

  async toTheEnd(): Promise<readonly string[]> {
    const { world, plan, cluster } = this;
    const { maker } = this;
    const faults = plan.faults.filter((_, at) => !this.options.without?.has(at));
    const late = new Set(faults.flatMap((fault) => (fault.kind === 'late' ? fault.region : [])));
    for (const region of plan.topology.regions) if (!late.has(region)) cluster.startRegion(region);
    for (const fault of faults) maker.plan(fault);
    this.actNext();
    if (plan.followers > 0) this.actOften(this.followers, this.followerDraws, FOLLOWERS_PAUSE);
    if (plan.voters > 0) this.actOften(this.voters, this.voterDraws, VOTERS_PAUSE);
    if (plan.operated) this.actOften(this.operators, this.operatorDraws, OPERATOR_PAUSE);
    for (let probe = 0; probe < PROBES; probe += 1) this.probeAt(this.random() * plan.busyMs);
    await world.run(Math.max(plan.busyMs, ...faults.map(endMs)));
    const wrong = await this.comeToRest();
    if (wrong.length > 0) return wrong;
    const unheard = await wrongUnheard(this.truth, this.likers, () => this.standing());
    if (unheard.length > 0) return unheard;
    this.crowd.leaveAll();
    const unleft = await this.comeToRest();
    if (unleft.length > 0 || this.world.seed % SWEEP_SEEDS !== 0) return unleft;
    return wrongLeftOver(this.world, this.truth, () => this.standing());
  }

  /** What is wrong when everything had its time to come right; nothing where it did. */
  private async comeToRest(): Promise<readonly string[]> {
    const { world } = this;
    const firstMs = world.nowMs + SETTLE_MS;
    const untilMs = world.nowMs + REST_MS_MAX;
    for (;;) {
      await world.run(world.nowMs + REST_STEP_MS);
      let wrong = await this.look();
      if (world.halted.length > 0) return world.halted;
      const { maker, crowd, followers, voters, operators } = this;
      const all = [maker, crowd, followers, voters, operators];
      const isQuiet = all.every((each) => !each.awaitsSomebody);
      if (wrong.length === 0 && isQuiet) {
        this.readers.ask(this.truth);
        this.unreadReaders.ask();
        await world.run(world.nowMs + STAY_MS);
        wrong = [
          ...(await this.look()),
          ...this.readers.wrong(this.truth, await this.standing()),
          ...this.unreadReaders.wrong(),
        ];
        if (world.halted.length > 0) return world.halted;
        if (wrong.length === 0) return wrong;
        // Who was silent while all was cut may be found out about only afterwards.
        if (world.nowMs >= firstMs) return wrong.map((each) => `after it was right: ${each}`);
      }
      if (world.nowMs >= untilMs) return wrong;
    }
  }

  private async look(): Promise<string[]> {
    const standing = await this.standing();
    this.checkAlways(standing);
    return [
      ...wrongAtRest(this.truth, standing),
      ...wrongVotes(this.voters.ledger, standing),
      ...this.cluster.differences,
    ];
  }

  private async standing(): Promise<Standing> {
    const standing = new Map<string, readonly RawBucket[]>();
    for (const region of this.cluster.regionsInService()) {
      const { real } = this.cluster.redisOf(region);
      standing.set(region, await readBuckets(real, this.plan.topology.buckets));
    }
    return standing;
  }

  /** What holds at every moment. */
  private checkAlways(standing: Standing): void {
    for (const [region, buckets] of standing) {
      for (const bucket of buckets)
        this.world.halt([...wrongSums(region, bucket), ...this.contents.stands(region, bucket)]);
    }
  }

  private probeAt(ms: number): void {
    this.world.after(ms, null, 'a look into every Redis', async () =>
      this.checkAlways(await this.standing()),
    );
  }

  /** Followers, voters and the operator act on their own, so that seeds without them draw what they drew before there were any. */
  private actOften(who: Followers | Voters | Operators, draws: Random, pause: number): void {
    const { world, plan } = this;
    const waitMs = Math.ceil(-Math.log(1 - draws()) * pause * plan.actEveryMs);
    if (world.nowMs + waitMs > plan.busyMs) return;
    world.after(waitMs, null, 'a follower, a voter or the operator acts', () => {
      this.actOften(who, draws, pause);
      who.act();
    });
  }

  /** Viewers and clients act, again and again, until the busy time is over. */
  private actNext(): void {
    const { world, plan, random } = this;
    const waitMs = Math.ceil(-Math.log(1 - random()) * plan.actEveryMs);
    if (world.nowMs + waitMs > plan.busyMs) return;
    world.after(waitMs, null, 'somebody acts', () => {
      this.actNext();
      if (random() < 0.6) this.crowd.act();
      else this.likers.act();
    });
  }
}
