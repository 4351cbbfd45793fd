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
import {
  admit,
  documentLimits,
  nestingFault,
  withoutSuggestion,
  type Admitted,
  type GraphqlLimits,
  type OperationAsked,
} from '@headcount/platform';
import { err, ok, type Result } from '@headcount/protocol';
import { variesBelow, type PreparedDocument } from '../fanout/group-plan.js';

/** Documents kept; a site has a handful, and whoever sends more gets them parsed anew. */
const KEPT_MAX = 200;

/** Longest document kept, in characters. */
const KEPT_LENGTH_MAX = 4096;

export interface DocumentsOptions {
  readonly limits: GraphqlLimits;
  /** Whether callers may be told of the schema, as a developer may. */
  readonly isOpen: boolean;
}

/** A document whose operation may begin, and what that costs. */
export interface AdmittedDocument extends Admitted {
  readonly prepared: PreparedDocument;
}

/** An operation, and the document that it stands in. */
export interface DocumentAsked extends OperationAsked {
  readonly query: string;
}

/**
 * Documents of clients of sockets and streams, parsed and validated once however many send them, under the limits that hold
 * over HTTP.
 */
export class Documents {
  private readonly kept = new Map<string, PreparedDocument>();
  private readonly rules;

  constructor(private readonly options: DocumentsOptions) {
    const { limits, isOpen } = options;
    this.rules = [
      ...specifiedRules,
      ...(isOpen ? [] : [NoSchemaIntrospectionCustomRule]),
      documentLimits({
        depthMax: limits.GRAPHQL_DEPTH_MAX,
        aliasesMax: limits.GRAPHQL_ALIASES_MAX,
      }),
    ];
  }

  /** Whether the document of a query has been read before, and is kept. */
  knows(query: string): boolean {
    return this.kept.has(query);
  }

  /** The document of a query, the same one for the same text; or what is wrong with it. */
  prepare(schema: GraphQLSchema, query: string): Prepared {
    const known = this.kept.get(query);
    if (known !== undefined) return ok(known);
    const prepared = this.prepareAnew(schema, query);
    if (prepared.ok && query.length <= KEPT_LENGTH_MAX) this.keep(query, prepared.value);
    return prepared;
  }

  /** The document of an operation that may begin; or what is wrong with it: there is none, it does not fit, it costs too much. */
  admit(
    schema: GraphQLSchema,
    { query, ...asked }: DocumentAsked,
  ): Result<AdmittedDocument, readonly GraphQLError[]> {
    const prepared = this.prepare(schema, query);
    if (!prepared.ok) return prepared;
    const { document } = prepared.value;
    const { limits } = this.options;
    const admitted = admit(schema, document, asked.operationName, asked.variables, limits);
    return admitted.ok
      ? ok({ prepared: prepared.value, ...admitted.value })
      : err(admitted.error.errors);
  }

  private prepareAnew(schema: GraphQLSchema, query: string): Prepared {
    const parsed = parsedOf(query, this.options.limits.GRAPHQL_TOKENS_MAX);
    if (!parsed.ok) return parsed;
    const errors = errorsOf(() => validate(schema, parsed.value, this.rules));
    if (errors.length > 0) return err(this.options.isOpen ? errors : errors.map(bare));
    return ok({
      ...{ document: parsed.value, normalised: print(parsed.value) },
      variesBelow: variesBelow(parsed.value),
    });
  }

  private keep(query: string, document: PreparedDocument): void {
    if (this.kept.size >= KEPT_MAX) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    this.kept.set(query, document);
  }
}

type Prepared = Result<PreparedDocument, readonly GraphQLError[]>;

function parsedOf(query: string, maxTokens: number): Result<DocumentNode, readonly GraphQLError[]> {
  const fault = nestingFault(query);
  if (fault !== null) return err([fault]);
  try {
    return ok(parse(query, { maxTokens }));
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

function bare({ message, nodes, extensions }: GraphQLError): GraphQLError {
  const options = { nodes: nodes ?? null, extensions };
  return new GraphQLError(withoutSuggestion({ message }).message, options);
}
