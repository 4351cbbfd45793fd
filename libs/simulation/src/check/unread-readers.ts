/** Whoever asks any counter-api of any region what is unread is answered with the truth, and all with the same. */
import type { ViewerId } from '@headcount/protocol';
import { UNREAD_PATH, type UnreadAnswered } from '../api/notifier.js';
import type { Cluster } from '../cluster.js';
import type { Followers } from '../crowd/followers.js';

interface Asked {
  readonly host: string;
  readonly user: ViewerId;
  answer: UnreadAnswered | null;
}

export class UnreadReaders {
  private asked: Asked[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly followers: Followers,
  ) {}

  /** Asks every counter-api for every user. */
  ask(): void {
    this.asked = [];
    for (const host of this.cluster.counterApis.keys()) {
      const client = this.cluster.clientOf(host, 'unread reader');
      for (const user of this.followers.users) {
        const asked: Asked = { host, user, answer: null };
        this.asked.push(asked);
        void client.call<UnreadAnswered>(UNREAD_PATH, { userId: user }).then((answer) => {
          if (answer.ok) asked.answer = answer.value;
        });
      }
    }
  }

  /** What is wrong in the answers. */
  wrong(): string[] {
    const wrong: string[] = [];
    for (const { host, user, answer } of this.asked)
      if (answer === null) wrong.push(`${host} does not tell ${user} what is unread`);
    const { ledger } = this.followers;
    for (const following of ledger.followings.values()) {
      const { user, page } = following;
      const shown = this.asked.flatMap((each) => {
        if (each.user !== user || each.answer === null) return [];
        return [[each.host, countOf(each.answer, page)] as const];
      });
      const expected = ledger.expected(following);
      for (const [host, count] of shown) {
        const { followed, least, most } = expected;
        const isRight =
          count === null
            ? followed !== true
            : followed !== false && count >= least && count <= most;
        if (!isRight)
          wrong.push(
            `${host} shows ${user} ${count ?? 'nothing'} unread of ${page}; ` +
              `followed: ${followed}, ${least} to ${most} are unread`,
          );
      }
      if (new Set(shown.map(([, count]) => count)).size > 1)
        wrong.push(
          `${user} is shown different unread of ${page}: ` +
            shown.map(([host, count]) => `${host} ${count ?? 'nothing'}`).join(', '),
        );
    }
    return [...wrong, ...this.wrongHistories()];
  }

  /** What certainly counts is told of, what cannot have happened is not, and all tell of the same. */
  private wrongHistories(): string[] {
    const wrong: string[] = [];
    const toldOf = new Map<string, Set<string>>();
    for (const { host, answer } of this.asked) {
      for (const [page, , , told] of answer?.pages ?? []) {
        const { certain, possible } = this.followers.ledger.eventsOf(page);
        const lacks = certain.filter((event) => !told.includes(event));
        const has = told.filter((event) => !possible.includes(event));
        if (lacks.length + has.length > 0)
          wrong.push(
            `the history of ${page} at ${host} lacks [${lacks}], and should not have [${has}]`,
          );
        toldOf.set(page, (toldOf.get(page) ?? new Set()).add(told.join()));
      }
    }
    for (const [page, told] of toldOf)
      if (told.size > 1) wrong.push(`histories of ${page} differ: ${[...told].join(' | ')}`);
    return wrong;
  }
}

/** What is unread of the page; null: it is not followed. */
function countOf({ pages }: UnreadAnswered, page: string): number | null {
  return pages.find(([pageId]) => pageId === page)?.[1] ?? null;
}
