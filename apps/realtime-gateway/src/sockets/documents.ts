import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  print,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { GRAPHQL_DEPTH_MAX, GRAPHQL_TOKENS_MAX, depthLimit } from '@headcount/platform';
import { err, ok, type Result } from '@headcount/protocol';
import type { PreparedDocument } from '../fanout/group-plan.js';

/** Documents kept; a site has a handful, and whoever sends more gets them parsed anew. */
const KEPT_MAX = 200;

/** Longest document kept, in characters. */
const KEPT_LENGTH_MAX = 4096;

/** Documents of clients, parsed and validated once however many sockets send them. */
export class Documents {
  private readonly kept = new Map<string, PreparedDocument>();
  private readonly rules;

  constructor(introspection: boolean) {
    const limits = [depthLimit(GRAPHQL_DEPTH_MAX)];
    this.rules = [
      ...specifiedRules,
      ...(introspection ? limits : [...limits, NoSchemaIntrospectionCustomRule]),
    ];
  }

  /** The document of a query, the same one for the same text; or what is wrong with it. */
  prepare(schema: GraphQLSchema, query: string): Result<PreparedDocument, readonly GraphQLError[]> {
    const known = this.kept.get(query);
    if (known !== undefined) return ok(known);
    const parsed = parsedOf(query);
    if (!parsed.ok) return parsed;
    const errors = errorsOf(() => validate(schema, parsed.value, this.rules));
    if (errors.length > 0) return err(errors);
    const prepared = { document: parsed.value, normalised: print(parsed.value) };
    if (query.length <= KEPT_LENGTH_MAX) this.keep(query, prepared);
    return ok(prepared);
  }

  private keep(query: string, document: PreparedDocument): void {
    if (this.kept.size >= KEPT_MAX) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    this.kept.set(query, document);
  }
}

function parsedOf(query: string): Result<DocumentNode, readonly GraphQLError[]> {
  try {
    return ok(parse(query, { maxTokens: GRAPHQL_TOKENS_MAX }));
  } catch (cause) {
    if (cause instanceof GraphQLError) return err([cause]);
    throw cause;
  }
}

/** A rule that throws what it should report has reported it. */
function errorsOf(validated: () => readonly GraphQLError[]): readonly GraphQLError[] {
  try {
    return validated();
  } catch (cause) {
    if (cause instanceof GraphQLError) return [cause];
    throw cause;
  }
}
