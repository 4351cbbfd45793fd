import {
  HeadcountError,
  PATHS,
  TRENDING_ASKS_MAX,
  trendingAnswer,
  type TrendingAsk,
  type WireTrending,
} from '@headcount/protocol';
import type { Clock } from '@headcount/platform';
import type { HomeKeeper } from '../uplink/home-keeper.js';
import type { Watching } from './source.js';
import type { TrendingMetrics } from './trending-metrics.js';

/** Pages with their gains, or the code of what was wrong with the question. */
export type TrendingEvent = WireTrending;

/** Told of each answer that is another than the one before. */
type Listener = (event: TrendingEvent) => void;

export interface TrendingOptions {
  readonly keeper: Pick<HomeKeeper, 'call' | 'onSynced'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly metrics: TrendingMetrics;
  /** Pause between two times that everything watched is asked. Default POLL_MS. */
  readonly pollMs?: number;
}

/** As old as counter-api lets an answer become: sooner there is nothing to learn. */
const POLL_MS = 1000;

/**
 * Most different questions at a time: eight requests each time. Another one takes the place of one that the home does not
 * know the counter of, else it is refused. There are fewer counters and windows than this, so only such ones can use it up.
 */
export const QUESTIONS_MAX = 8 * TRENDING_ASKS_MAX;

/** Patience with one request: the home may have to read all buckets several times. */
const TIMEOUT_MS = 5000;

/** The same for all who ask the same, however many pages they want to be shown. */
export function questionKey({ name, windowSeconds }: TrendingAsk): string {
  return `${name} ${windowSeconds}`;
}

/** What all ask who ask the same. */
interface Question {
  readonly key: string;
  readonly ask: Omit<TrendingAsk, 'first'>;
  /** By how many pages they show. */
  readonly shows: Map<number, Show>;
  /** The home had too much to read: it is asked again a pause later, and what it said last stays. */
  isLater: boolean;
}

/** The first pages of the answer to a question. */
interface Show {
  readonly first: number;
  readonly listeners: Set<Listener>;
  event: TrendingEvent | undefined;
  /** The event as JSON. */
  text: string;
}

/**
 * What trends, as the home tells: it is asked once a pause for all that is watched together, at once for what is new, and not
 * at all while nobody watches. While it is away, what it said last stays; the sync that finds one goes on.
 */
export class Trending {
  private readonly questions = new Map<string, Question>();
  private timer: NodeJS.Timeout | null = null;
  private turnEnd: NodeJS.Immediate | null = null;
  private asking = false;
  /** When everything is asked the next time, on the monotonic clock. */
  private nextMs = -Infinity;
  /** False after a failed request, until a sync has shown that there is a home to ask. */
  private homeAnswers = false;

  constructor(private readonly options: TrendingOptions) {
    options.keeper.onSynced(() => {
      this.homeAnswers = true;
      this.plan();
    });
  }

  /** Watches the answer to a question. Throws HeadcountError TOO_MANY where there is no room for another one. */
  watch(ask: TrendingAsk, listener: Listener): Watching<TrendingEvent> {
    const key = questionKey(ask);
    const question = this.questions.get(key) ?? this.begin(key, ask);
    const { first } = ask;
    const show = question.shows.get(first) ?? {
      ...{ first, listeners: new Set(), event: undefined, text: '' },
    };
    question.shows.set(first, show);
    // The same function may watch twice, so each watch has one of its own.
    const own: Listener = (event) => listener(event);
    show.listeners.add(own);
    this.changed();
    return {
      value: () => show.event,
      close: () => {
        if (show.listeners.delete(own)) this.closed(question, show);
      },
    };
  }

  private begin(key: string, { name, windowSeconds }: TrendingAsk): Question {
    if (this.questions.size >= QUESTIONS_MAX) this.makeRoom();
    const ask = { name, windowSeconds };
    const question: Question = { key, ask, shows: new Map(), isLater: false };
    this.questions.set(key, question);
    return question;
  }

  /** Those who watch a question that gives way have been told that it is wrong, and are told nothing more. */
  private makeRoom(): void {
    const wrong = [...this.questions.values()].find(({ shows }) =>
      [...shows.values()].every(({ event }) => event === 'BAD_REQUEST'),
    );
    if (wrong === undefined) throw new HeadcountError('TOO_MANY');
    this.questions.delete(wrong.key);
  }

  private closed({ key, shows }: Question, { first, listeners }: Show): void {
    if (listeners.size > 0) return;
    shows.delete(first);
    // One that has given way may have begun again.
    if (shows.size === 0 && this.questions.get(key)?.shows === shows) this.questions.delete(key);
    this.changed();
  }

  private changed(): void {
    this.options.metrics.watched.set(this.questions.size);
    this.plan();
  }

  /** Has the next request sent when it is due; what is new is due at the end of this turn. */
  private plan(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.asking || !this.homeAnswers || this.questions.size === 0) return;
    const inMs = this.nextMs - this.options.clock.monotonicMs();
    if (inMs <= 0 || this.unanswered().length > 0)
      this.turnEnd ??= setImmediate(() => void this.ask());
    else this.timer = setTimeout(() => this.plan(), Math.ceil(inMs));
  }

  /** Never rejects. */
  private async ask(): Promise<void> {
    this.turnEnd = null;
    if (this.asking) return;
    this.asking = true;
    const { clock, pollMs = POLL_MS } = this.options;
    const nowMs = clock.monotonicMs();
    const isTime = nowMs >= this.nextMs;
    if (isTime) this.nextMs = nowMs + pollMs;
    const due = isTime ? [...this.questions.values()] : this.unanswered();
    for (let at = 0; at < due.length && this.homeAnswers; at += TRENDING_ASKS_MAX)
      await this.request(due.slice(at, at + TRENDING_ASKS_MAX));
    this.asking = false;
    this.plan();
  }

  private async request(questions: readonly Question[]): Promise<void> {
    const { keeper, metrics } = this.options;
    const firsts = questions.map(({ shows }) => Math.max(1, ...shows.keys()));
    const answer = await keeper.call({
      method: 'POST',
      path: PATHS.trending,
      body: {
        asks: questions.map(
          ({ ask }, place) => [ask.name, ask.windowSeconds, firsts[place] ?? 1] as const,
        ),
      },
      answer: trendingAnswer,
      timeoutMs: TIMEOUT_MS,
    });
    const isWhole = answer.ok && answer.value.answers.length === questions.length;
    metrics.requests.inc({ outcome: isWhole ? 'succeeded' : 'failed' });
    if (!isWhole) {
      this.homeAnswers = false;
      return;
    }
    answer.value.answers.forEach((event, at) => {
      const question = questions[at];
      if (question) question.isLater = event === 'TOO_MANY';
      if (event === 'TOO_MANY') return;
      for (const show of question?.shows.values() ?? [])
        if (show.first <= (firsts[at] ?? 0)) take(show, event);
    });
  }

  private unanswered(): Question[] {
    return [...this.questions.values()].filter(
      ({ shows, isLater }) =>
        !isLater && [...shows.values()].some(({ event }) => event === undefined),
    );
  }
}

function take(show: Show, answer: TrendingEvent): void {
  const event = typeof answer === 'string' ? answer : answer.slice(0, show.first);
  const text = JSON.stringify(event);
  if (text === show.text) return;
  show.event = event;
  show.text = text;
  for (const listener of show.listeners) listener(event);
}
