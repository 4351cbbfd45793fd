/** A peer region that a test speaks for. Without a script it answers with what its store holds, as the real one does. */
import type { ModelRegionStore } from '@headcount/counter-store/testing';
import { err, ok, type DigestAnswer, type DigestRequest, type Result } from '@headcount/protocol';
import type { PullAnswer, PullRequest } from '@headcount/protocol';
import type { LinkFailure, PeerLink } from '../peer-link.js';

/** What becomes of an answer on its way. */
type Script<Answer> = (
  answer: Answer,
) => Result<Answer, LinkFailure> | Promise<Result<Answer, LinkFailure>>;

/** A failure with this code, whatever was answered. */
export const failing = (code: string) => () => err({ code, detail: '' });

export class ScriptedPeer implements PeerLink {
  /** What it was asked, first to last. */
  readonly digests: DigestRequest[] = [];
  readonly pulls: PullRequest[] = [];
  instance = 'b'.repeat(32);
  clock = 0;
  heartbeats: DigestAnswer['heartbeats'] = [];
  retired: readonly string[] = [];
  fresh: readonly string[] = [];
  digestScript: Script<DigestAnswer> = (answer) => ok(answer);
  pullScript: Script<PullAnswer> = (answer) => ok(answer);

  constructor(
    readonly store: ModelRegionStore,
    private readonly buckets: number,
  ) {}

  async digest(request: DigestRequest): Promise<Result<DigestAnswer, LinkFailure>> {
    this.digests.push(request);
    const positions = await Promise.all(
      Array.from({ length: this.buckets }, async (_, bucket) => {
        const { position } = await this.store.standing(bucket);
        return [bucket, position.incarnation, position.rev] as const;
      }),
    );
    const { instance, heartbeats, retired, fresh } = this;
    this.clock += 1;
    return this.digestScript({
      region: this.store.region,
      clock: this.clock,
      ...{ instance, heartbeats, retired, fresh, positions },
    });
  }

  async pull(request: PullRequest): Promise<Result<PullAnswer, LinkFailure>> {
    this.pulls.push(request);
    const parts = await Promise.all(request.asks.map((ask) => this.store.read(ask)));
    return this.pullScript({ parts });
  }
}
