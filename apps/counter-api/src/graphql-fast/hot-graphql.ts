import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { chargeWeight, type GraphqlLimits } from '@headcount/platform';
import {
  SITE,
  VIEWERS,
  parseCounterName,
  parsePageId,
  type CounterValue,
} from '@headcount/protocol';
import type { CounterRef } from '@headcount/replication';
import type { CacheService } from '../cache/cache.service.js';
import { COUNTERS_MAX, type CountersService } from '../counters/counters.service.js';
import { JSON_ANSWER } from '../hot/hot-get.js';
import { isPlain } from '../hot/plain-request.js';
import type { Shortcut } from '../hot/shortcuts.js';
import type { AskedField, Given, Plan } from './plan.js';
import { Plans, type Asked } from './plans.js';
import { render } from './render.js';

export interface HotGraphqlOptions {
  /** There is none before the app is put together. */
  readonly schema: () => GraphQLSchema;
  readonly limits: GraphqlLimits & { readonly STORE_CALLS_PER_REQUEST_MAX: number };
  readonly cache: Pick<CacheService, 'shown'>;
  readonly counters: Pick<CountersService, 'readAll'>;
}

/**
 * Answers queries that ask for counters and nothing else, of documents that have come before. Queries change nothing, so
 * whatever is out of the ordinary, be it an argument, a variable or an error, is left to the executor from its beginning.
 */
export function hotGraphql({ schema, limits, cache, counters }: HotGraphqlOptions): Shortcut {
  let plans: Plans | null = null;
  const answer = (plan: Plan, refs: Refs, reply: FastifyReply): boolean | Promise<boolean> => {
    const [first] = refs.wanted;
    if (first !== undefined && refs.wanted.length === 1) {
      const value = cache.shown(first);
      if (value !== null) {
        send(reply, render(plan, refs.placed([value])));
        return true;
      }
    }
    return counters.readAll(refs.wanted).then(
      (values) => {
        send(reply, render(plan, refs.placed(values)));
        return true;
      },
      () => false,
    );
  };
  return ({ method, headers, body, raw }: FastifyRequest, reply: FastifyReply) => {
    if (method !== 'POST' || !isPlain(headers)) return false;
    const asked = askedIn(body);
    if (asked === null) return false;
    plans ??= new Plans(schema(), limits);
    const planned = plans.of(asked);
    const refs = planned && refsOf(planned.plan, asked.variables);
    if (planned === null || refs === null) return false;
    // Store calls are not counted here; there is at most one for each counter.
    if (refs.wanted.length > limits.STORE_CALLS_PER_REQUEST_MAX) return false;
    const { plan, weight } = planned;
    // A limit that is reached is left to the executor too, which is refused in the same way.
    const charged = chargeWeight(raw, weight);
    if (charged === undefined) return answer(plan, refs, reply);
    return charged.then(
      () => answer(plan, refs, reply),
      () => false,
    );
  };
}

function send(reply: FastifyReply, text: string): void {
  void reply.header('cache-control', 'no-store').type(JSON_ANSWER).send(text);
}

/** What a body asks for, where it has nothing unusual in it. */
function askedIn(body: unknown): Asked | null {
  if (typeof body !== 'object' || body === null) return null;
  const { query, operationName, variables, extensions, ...more } = body as Record<string, unknown>;
  if (typeof query !== 'string' || query === '' || (extensions ?? null) !== null) return null;
  for (const _ in more) return null;
  if (typeof (operationName ?? '') !== 'string') return null;
  if (typeof (variables ?? {}) !== 'object' || Array.isArray(variables)) return null;
  return {
    query,
    operationName: (operationName as string | null | undefined) ?? undefined,
    variables: (variables as Record<string, unknown> | null | undefined) ?? {},
  };
}

interface Refs {
  readonly wanted: readonly CounterRef[];
  /** The values of `wanted`, field by field. */
  placed(values: readonly CounterValue[]): readonly (readonly CounterValue[])[];
}

function refsOf({ fields }: Plan, variables: Asked['variables']): Refs | null {
  const wanted: CounterRef[] = [];
  const ends: number[] = [];
  for (const field of fields) {
    if (!addRefs(wanted, field, variables)) return null;
    ends.push(wanted.length);
  }
  return {
    wanted,
    placed: (values) => ends.map((end, at) => values.slice(at === 0 ? 0 : ends[at - 1], end)),
  };
}

/** Whether all that the field asks for is as it should be. */
function addRefs(wanted: CounterRef[], field: AskedField, variables: Asked['variables']): boolean {
  if (field.kind === '__typename') return true;
  if (field.kind === 'site') return wanted.push({ pageId: SITE, name: VIEWERS }) > 0;
  const pages = valueOf(field.pages, variables);
  const given = valueOf(field.name, variables);
  const text = given ?? VIEWERS;
  const name = typeof text === 'string' ? parseCounterName(text) : null;
  if (!name?.ok) return false;
  const list = field.kind === 'counter' ? [pages] : pages;
  if (!Array.isArray(list) || list.length > COUNTERS_MAX) return false;
  for (const page of list as unknown[]) {
    const pageId = typeof page === 'string' ? parsePageId(page) : null;
    if (!pageId?.ok) return false;
    wanted.push({ pageId: pageId.value, name: name.value });
  }
  return true;
}

/** Stands for a variable that has to be there and is not. */
const MISSING = Symbol('missing');

function valueOf(given: Given, variables: Asked['variables']): unknown {
  if ('value' in given) return given.value;
  const { variable, isDemanded } = given;
  const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  return isDemanded && (value ?? null) === null ? MISSING : value;
}
