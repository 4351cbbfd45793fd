/** Lists in parts, as Relay's cursor connections (https://relay.dev/graphql/connections.htm). */
import type { Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { HeadcountError } from '@headcount/protocol';

/** Most entries of one part. */
export const FIRST_MAX = 100;
const FIRST_DEFAULT = 20;

/** Where an entry stands: what is later comes first, and of equals the one whose id is first. */
export interface ListPlace {
  readonly at: number;
  readonly id: string;
}

/** Part of a list asked for. */
@ArgsType()
export class PartArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: FIRST_DEFAULT,
    description: 'How many, at most 100.',
  })
  readonly first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of an entry; those behind it are answered.',
  })
  readonly after?: string | null;
}

@ObjectType({ description: 'Where a part of a list ends.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are entries behind it.' })
  readonly hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are entries before it.' })
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of its first entry.' })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of its last entry.' })
  readonly endCursor!: string | null;
}

export interface Edge<N> {
  readonly cursor: string;
  readonly node: N;
}

export interface Connection<N> {
  readonly edges: readonly Edge<N>[];
  readonly pageInfo: PageInfo;
}

/** The connection type of a node type, under `<name>Connection`. */
export function connectionType<N>(node: Type<N>, name: string): Type<Connection<N>> {
  @ObjectType(`${name}Edge`, { description: 'An entry of a list.' })
  class EdgeOfNode implements Edge<N> {
    @Field(() => String, { description: 'Where the entry stands.' })
    readonly cursor!: string;

    @Field(() => node, { description: 'The entry.' })
    readonly node!: N;
  }

  @ObjectType(`${name}Connection`, { description: 'A part of a list.' })
  class ConnectionOfNode implements Connection<N> {
    @Field(() => [EdgeOfNode], { description: 'The entries.' })
    readonly edges!: readonly Edge<N>[];

    @Field(() => PageInfo, { description: 'Where the part ends.' })
    readonly pageInfo!: PageInfo;
  }
  return ConnectionOfNode;
}

/**
 * The part of `items`, which stand in their order. Throws HeadcountError BAD_REQUEST for a number or a cursor that is none.
 * An entry that has gone leaves its cursor good: those behind its place are answered.
 */
export function partOf<T>(
  items: readonly T[],
  placeOf: (item: T) => ListPlace,
  { first, after }: PartArgs,
): Connection<T> {
  const before = after === null || after === undefined ? 0 : placeAfter(items, placeOf, after);
  const part = items.slice(before, before + firstOf(first));
  return connectionOf({ items: part, before, total: items.length }, placeOf);
}

/** A part of a list that was cut out elsewhere: its entries, how many are before it, and how many there are in all. */
export function connectionOf<T>(
  part: { readonly items: readonly T[]; readonly before: number; readonly total: number },
  placeOf: (item: T) => ListPlace,
): Connection<T> {
  const edges = part.items.map((node) => ({ cursor: encodePlace(placeOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: part.before + edges.length < part.total,
      hasPreviousPage: part.before > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges[edges.length - 1]?.cursor ?? null,
    },
  };
}

/** The same part with other nodes. */
export function mapNodes<T, N>(
  { edges, pageInfo }: Connection<T>,
  nodeOf: (node: T) => N,
): Connection<N> {
  return { edges: edges.map(({ cursor, node }) => ({ cursor, node: nodeOf(node) })), pageInfo };
}

/** A number of entries that may be asked for. Throws HeadcountError BAD_REQUEST else. */
export function firstOf(first: number | null | undefined): number {
  const wanted = first ?? FIRST_DEFAULT;
  if (wanted < 0 || wanted > FIRST_MAX) {
    throw new HeadcountError('BAD_REQUEST', `first must be from 0 to ${FIRST_MAX}`);
  }
  return wanted;
}

/** A place as text, opaque to callers. */
export function encodePlace({ at, id }: ListPlace): string {
  return Buffer.from(JSON.stringify([at, id])).toString('base64url');
}

/** What encodePlace made. Throws HeadcountError BAD_REQUEST for another text. */
export function decodePlace(cursor: string): ListPlace {
  const read = parsed(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [at, id]: unknown[] = Array.isArray(read) ? read : [];
  if (typeof at !== 'number' || typeof id !== 'string') {
    throw new HeadcountError('BAD_REQUEST', 'after is not a cursor of this list');
  }
  return { at, id };
}

function placeAfter<T>(
  items: readonly T[],
  placeOf: (item: T) => ListPlace,
  after: string,
): number {
  const place = decodePlace(after);
  const found = items.findIndex((item) => isBehind(placeOf(item), place));
  return found === -1 ? items.length : found;
}

function isBehind(one: ListPlace, other: ListPlace): boolean {
  return one.at !== other.at ? one.at < other.at : one.id > other.id;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
