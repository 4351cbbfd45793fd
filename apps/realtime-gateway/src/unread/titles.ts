import type { VersionVector } from '@headcount/crdt';
import {
  PATHS,
  TITLES_MAX,
  titlesAnswer,
  type PageId,
  type PageUnreadValue,
} from '@headcount/protocol';
import type { HomeKeeper } from '../uplink/home-keeper.js';
import type { UnreadMetrics } from './unread-metrics.js';

export interface TitlesOptions {
  readonly keeper: Pick<HomeKeeper, 'call'>;
  readonly metrics: Pick<UnreadMetrics, 'requests'>;
}

/** A question that waits for the end of the turn. */
interface Waiting {
  readonly made: VersionVector;
  readonly pageId: PageId;
  readonly answer: (title: string | null) => void;
}

/**
 * Titles of last modifications, as the home tells: each is asked for when somebody is shown it, once for all who are, until the
 * page is modified again. One request is under way at a time, so that nothing else waits for however many are shown at once.
 */
export class Titles {
  /** By what the page's modifications are: all of its users are shown the same object. */
  private readonly known = new WeakMap<VersionVector, Promise<string | null>>();
  private waiting: Waiting[] = [];
  private turnEnd: NodeJS.Immediate | null = null;
  private isAsking = false;

  constructor(private readonly options: TitlesOptions) {}

  /** Null: there is none, or the home does not answer. */
  of({ pageId, made }: Pick<PageUnreadValue, 'pageId' | 'made'>): Promise<string | null> {
    const known = this.known.get(made);
    if (known !== undefined) return known;
    const asked = new Promise<string | null>((answer) => {
      this.waiting.push({ made, pageId, answer });
      if (!this.isAsking) this.turnEnd ??= setImmediate(() => void this.ask());
    });
    this.known.set(made, asked);
    return asked;
  }

  /** Never rejects. */
  private async ask(): Promise<void> {
    this.turnEnd = null;
    this.isAsking = true;
    while (this.waiting.length > 0) {
      const { waiting } = this;
      this.waiting = [];
      for (let at = 0; at < waiting.length; at += TITLES_MAX)
        await this.request(waiting.slice(at, at + TITLES_MAX));
    }
    this.isAsking = false;
  }

  /** Never rejects. */
  private async request(waiting: readonly Waiting[]): Promise<void> {
    const { keeper, metrics } = this.options;
    const answer = await keeper.call({
      method: 'POST',
      path: PATHS.titles,
      body: { pages: waiting.map(({ pageId }) => pageId) },
      answer: titlesAnswer,
    });
    metrics.requests.inc({ what: 'titles', outcome: answer.ok ? 'succeeded' : 'failed' });
    waiting.forEach(({ made, answer: tell }, at) => {
      // What nobody has answered is asked for again when it is shown again.
      if (!answer.ok) this.known.delete(made);
      tell(answer.ok ? (answer.value.titles[at] ?? null) : null);
    });
  }
}
