/**
 * What gateways and counter-api say of follows and of what is unread: docs/protocol.md §5 and §6. Rows are arrays as on the wire,
 * and what a schema lets through is within bounds.
 */
import type { Follow, VersionVector, VoidPair, Writer } from '@headcount/crdt';
import { z } from 'zod';
import {
  countField,
  incarnationField,
  pageIdField,
  versionField,
  viewerIdField,
  writerField,
} from './fields.js';
import type { PageId } from './page-id.js';
import type { PageModifications } from './unread-summary.js';

/** Most users, and most pages, that one interest request may add, and that it may drop. */
export const INTEREST_USERS_MAX = 5000;
export const INTEREST_PAGES_MAX = 2000;
/** Most users whose follows are asked for at a time. */
export const FOLLOWS_ASKS_MAX = 500;
/** Follows of an answer: about 40 bytes each, with their page. */
const FOLLOWS_ROWS_MAX = 50_000;
/** Most pages whose titles are asked for at a time. */
export const TITLES_MAX = 500;
/** Longest title that is told, in characters. */
const TITLE_LENGTH_MAX = 1000;
/** Pairs told of one page, the latest; who has more of them unread on one page sees the others as two events. */
export const PAIRS_MAX = 10_000;
/** Most writers of one page: an incarnation of a region each. */
const WRITERS_MAX = 10_000;

/** `[writer, position]` each. */
const vectorField = z
  .array(z.tuple([writerField, versionField]).readonly())
  .max(WRITERS_MAX)
  .readonly();

const pairField = z.tuple([writerField, versionField, writerField, versionField]).readonly();

/** `[pageId, incarnation, rev, modifiedAtMs, made, pairs that there are, null | [above which position, pairs]]` */
export const pageModificationsField = z
  .tuple([
    pageIdField,
    incarnationField,
    countField,
    countField,
    vectorField,
    countField,
    z
      .tuple([countField, z.array(pairField).max(PAIRS_MAX).readonly()])
      .readonly()
      .nullable(),
  ])
  .readonly();
export type WirePageModifications = z.infer<typeof pageModificationsField>;

/** Pages that are asked for: `[pageId, position above which pairs are wanted | null]`, and those no longer. */
export const pagesInterest = z
  .strictObject({
    add: z
      .array(z.tuple([pageIdField, countField.nullable()]).readonly())
      .max(INTEREST_PAGES_MAX)
      .readonly(),
    drop: z.array(pageIdField).max(INTEREST_PAGES_MAX).readonly(),
  })
  .readonly();
export type WirePagesInterest = z.infer<typeof pagesInterest>;

/** Users of whose changed follows the gateway wants to be told, and those no longer. */
export const usersInterest = z
  .strictObject({
    add: z.array(viewerIdField).max(INTEREST_USERS_MAX).readonly(),
    drop: z.array(viewerIdField).max(INTEREST_USERS_MAX).readonly(),
  })
  .readonly();
export type WireUsersInterest = z.infer<typeof usersInterest>;

/** Says of all that a user follows which state it is; '' of none. Equal tags, equal follows. */
const tagField = z.string().max(64);

/** POST follows: `[userId, tag of what is held, null | the page after which the answer goes on]` each. */
export const followsRequest = z
  .strictObject({
    asks: z
      .array(z.tuple([viewerIdField, tagField, pageIdField.nullable()]).readonly())
      .max(FOLLOWS_ASKS_MAX)
      .readonly(),
  })
  .readonly();
export type FollowsRequest = z.infer<typeof followsRequest>;

/** `[pageId, silent until, in milliseconds since 1970, marks]` */
const followField = z.tuple([pageIdField, countField, vectorField]).readonly();
export type WireFollow = z.infer<typeof followField>;

/**
 * `[userId, tag, null | follows, page after which there are more | null]`, in the order asked, as many as there is room for.
 * Null follows: they are as the tag of the question says.
 */
export const followsAnswer = z
  .object({
    parts: z
      .array(
        z
          .tuple([
            viewerIdField,
            tagField,
            z.array(followField).max(FOLLOWS_ROWS_MAX).readonly().nullable(),
            pageIdField.nullable(),
          ])
          .readonly(),
      )
      .max(FOLLOWS_ASKS_MAX)
      .readonly(),
  })
  .readonly();
export type FollowsAnswer = z.infer<typeof followsAnswer>;
export type WireFollowsPart = FollowsAnswer['parts'][number];

/** POST titles: of the last modification of each page. */
export const titlesRequest = z
  .strictObject({ pages: z.array(pageIdField).max(TITLES_MAX).readonly() })
  .readonly();
export type TitlesRequest = z.infer<typeof titlesRequest>;

/** In the order asked; null: none was given, or it is no longer kept. */
export const titlesAnswer = z
  .object({
    titles: z.array(z.string().max(TITLE_LENGTH_MAX).nullable()).max(TITLES_MAX).readonly(),
  })
  .readonly();
export type TitlesAnswer = z.infer<typeof titlesAnswer>;

/** Pairs of a page, as far as they are told. */
export interface ToldPairs {
  readonly above: number;
  readonly pairs: readonly VoidPair[];
}

/** A page's modifications as of a version of its bucket; `told` null: it is said only how many pairs there are. */
export interface PageModificationsValue extends Omit<PageModifications, 'pairs'> {
  readonly pageId: PageId;
  readonly incarnation: string;
  readonly rev: number;
  readonly pairCount: number;
  readonly told: ToldPairs | null;
}

/** The modifications as they go onto the wire. */
export function encodePageModifications(value: PageModificationsValue): WirePageModifications {
  const { pageId, incarnation, rev, modifiedAtMs, made, pairCount, told } = value;
  const pairs = told?.pairs.map(
    ([one, other]) => [one.writer, one.position, other.writer, other.position] as const,
  );
  const shown = told && pairs ? ([told.above, pairs] as const) : null;
  return [pageId, incarnation, rev, modifiedAtMs, [...made], pairCount, shown];
}

/** The modifications that a message carried. */
export function decodePageModifications(wire: WirePageModifications): PageModificationsValue {
  const [pageId, incarnation, rev, modifiedAtMs, made, pairCount, told] = wire;
  return {
    ...{ pageId, incarnation, rev, modifiedAtMs, pairCount },
    made: new Map(made),
    told: told && {
      above: told[0],
      pairs: told[1].map(([writer, position, other, otherPosition]): VoidPair => [
        { writer, position },
        { writer: other, position: otherPosition },
      ]),
    },
  };
}

/** A follow as it goes onto the wire: what unread is computed from. */
export function wireFollow(pageId: PageId, { marks, mute }: Follow): WireFollow {
  return [pageId, mute.untilMs, [...marks]];
}

/** The follow that a message carried; which following it is, is not told. */
export function followOfWire([pageId, untilMs, marks]: WireFollow): readonly [PageId, Follow] {
  const read: VersionVector = new Map<Writer, number>(marks);
  const mute = { number: untilMs > 0 ? 1 : 0, untilMs };
  return [pageId, { length: 1, marks: read, mute }];
}
