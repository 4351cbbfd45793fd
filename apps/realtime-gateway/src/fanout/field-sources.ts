import type { CounterId } from '@headcount/gateway-core';
import {
  HeadcountError,
  SITE,
  VIEWERS,
  orThrow,
  parseCounterName,
  demandPageId,
  trendingAsk,
  type TrendingArgs,
  type TrendingAsk,
} from '@headcount/protocol';
import { demandPages, demandToken, type Visitor } from '../presence/visitor.js';
import type { Source } from './source.js';
import type { Sources } from './sources.js';

/** Most pages of one `countersChanged`. */
export const PAGES_MAX = 100;
/** Shortest pause that a subscriber may ask for, in milliseconds. */
export const EVERY_MS_MIN = 50;

/** The fields of Subscription that show counters. */
export type FieldName = 'viewing' | 'counterChanged' | 'countersChanged' | 'siteChanged';

const FIELDS: ReadonlySet<string> = new Set<FieldName>([
  'viewing',
  'counterChanged',
  'countersChanged',
  'siteChanged',
]);

/** Arguments as the schema has coerced them. */
export interface FieldArgs extends TrendingArgs {
  readonly pageId?: unknown;
  readonly pageIds?: unknown;
  readonly every?: unknown;
}

/** Which source a field of Subscription stands for. */
export class FieldSources {
  constructor(private readonly sources: Sources) {}

  /** The source; null: the field has none and is left to its resolver. Throws HeadcountError for what is not allowed. */
  sourceOf(field: string, args: FieldArgs, visitor: Visitor): Source<unknown> | null {
    if (field === 'trendingChanged')
      return this.sources.trendingChanged(trendingFor(visitor, args));
    if (field === 'unreadChanged') return this.sources.unreadChanged(unreadFor(visitor));
    if (!isField(field)) return null;
    const counters = countersFor(visitor, field, args);
    if (field === 'countersChanged') return this.sources.countersChanged(counters);
    if (field === 'viewing') return this.sources.viewing(counters[0].pageId);
    return this.sources.counterChanged(counters[0]);
  }
}

const isField = (field: string): field is FieldName => FIELDS.has(field);

/**
 * The counters that a field shows to a visitor. Throws HeadcountError where an id, a name or their number is not allowed,
 * and where the visitor may not view a page.
 */
export function countersFor(
  visitor: Pick<Visitor, 'grants' | 'watchesOnly'>,
  field: FieldName,
  args: FieldArgs,
): readonly [CounterId, ...CounterId[]] {
  const counters = countersOf(field, args);
  if (field === 'viewing') demandToken(visitor, 'to be present');
  demandPages(visitor, counters);
  return counters;
}

/**
 * What a visitor asks for with `trendingChanged`. Throws HeadcountError where it is out of bounds, and where the visitor may
 * not view every page: any may trend, and it would be told of one that it must not know of.
 */
export function trendingFor({ grants }: Pick<Visitor, 'grants'>, args: TrendingArgs): TrendingAsk {
  const ask = trendingAsk(args);
  if (!grants.viewsAll) throw new HeadcountError('FORBIDDEN');
  return ask;
}

/** Who asks for what is unread: a visitor that has said who it is. Throws HeadcountError BAD_REQUEST for another. */
export function unreadFor<V extends Pick<Visitor, 'isNamed' | 'watchesOnly'>>(visitor: V): V {
  demandToken(visitor, 'to say for whom');
  if (visitor.isNamed) return visitor;
  throw new HeadcountError(
    'BAD_REQUEST',
    'Say for whom: with a token, or where AUTH is off with viewerId, x-headcount-user or ?v=.',
  );
}

function countersOf(
  field: FieldName,
  { pageId, pageIds, name }: FieldArgs,
): readonly [CounterId, ...CounterId[]] {
  const counter = (page: unknown): CounterId => ({
    pageId: demandPageId(String(page)),
    name: orThrow(parseCounterName(String(name ?? VIEWERS))),
  });
  if (field === 'siteChanged') return [counter(SITE)];
  if (field !== 'countersChanged') return [counter(pageId)];
  const pages: readonly unknown[] = Array.isArray(pageIds) ? pageIds : [];
  const [first, ...others] = pages;
  if (first === undefined || pages.length > PAGES_MAX)
    throw new HeadcountError('BAD_REQUEST', `pageIds must name 1 to ${PAGES_MAX} pages.`);
  return [counter(first), ...others.map(counter)];
}

/** The pause that is asked for, in milliseconds. Throws HeadcountError for one that is too short. */
export function everyOf({ every }: FieldArgs): number {
  if (typeof every !== 'number') return 0;
  if (every < EVERY_MS_MIN)
    throw new HeadcountError('BAD_REQUEST', `every must be at least ${EVERY_MS_MIN} milliseconds.`);
  return every;
}
