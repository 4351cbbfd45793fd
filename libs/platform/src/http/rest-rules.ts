/**
 * What holds at every route of a controller, so that none can forget it: parameters that are not known or come twice are refused,
 * as are types that nobody can give and preconditions that do not hold. A route says what is different about it.
 */
import {
  Injectable,
  SetMetadata,
  type CallHandler,
  type CustomDecorator,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { HeadcountError } from '@headcount/protocol';
import { preferredType } from './accept.js';
import { demandPreconditions, preconditionsIn } from './preconditions.js';

/** How a route differs from others. */
export interface HttpRulesOptions {
  /** Parameters of the query that its OpenAPI description does not name; `any`: whatever comes is ignored. */
  readonly query?: readonly string[] | 'any';
  /** What it gives; default: JSON. `own`: it looks at Accept itself. */
  readonly types?: readonly [string, ...string[]] | 'own';
  /** Whether it has an entity tag, and judges preconditions itself. */
  readonly hasEtag?: boolean;
}

/** Where @nestjs/swagger keeps what its decorators say of parameters; it does not export the name. */
const DESCRIBED = 'swagger/apiParameters';

const RULES = 'headcount:http-rules';
const JSON_TYPE = 'application/json';

/** Says how the routes of a controller, or one of them, differ. */
export const HttpRules = (rules: HttpRulesOptions): CustomDecorator => SetMetadata(RULES, rules);

/** Of a parameter in OpenAPI, as @nestjs/swagger keeps it. */
interface Parameter {
  readonly in: string;
  readonly name: string;
  readonly isArray?: boolean;
}

interface Rules extends HttpRulesOptions {
  /** Parameters by name, and whether they may come more than once; null: any. */
  readonly parameters: ReadonlyMap<string, boolean> | null;
}

/** Global, for what comes over HTTP and is no GraphQL. After all guards: who may not call learns nothing else. */
@Injectable()
export class RestRules implements NestInterceptor {
  private readonly ofHandlers = new Map<unknown, Rules>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType<string>() === 'http') this.demand(context);
    return next.handle();
  }

  private demand(context: ExecutionContext): void {
    const { query, headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
    const { parameters, types = [JSON_TYPE], hasEtag = false } = this.rulesOf(context);
    if (parameters !== null) demandParameters(query, parameters);
    if (types !== 'own') preferredType(headers.accept, types);
    const asked = hasEtag ? null : preconditionsIn(headers, method);
    if (asked !== null) demandPreconditions(asked, method, null);
  }

  private rulesOf(context: ExecutionContext): Rules {
    const handler = context.getHandler();
    let rules = this.ofHandlers.get(handler);
    if (rules === undefined) {
      rules = rulesOf(handler, context.getClass());
      this.ofHandlers.set(handler, rules);
    }
    return rules;
  }
}

function rulesOf(handler: object, controller: object): Rules {
  const given = [controller, handler].map(
    (place) => Reflect.getMetadata(RULES, place) as HttpRulesOptions | undefined,
  );
  const rules: HttpRulesOptions = Object.assign({}, ...given) as HttpRulesOptions;
  if (rules.query === 'any') return { ...rules, parameters: null };
  const described = (Reflect.getMetadata(DESCRIBED, handler) ?? []) as Parameter[];
  const parameters = new Map((rules.query ?? []).map((name) => [name, false]));
  for (const { in: place, name, isArray = false } of described)
    if (place === 'query') parameters.set(name, isArray);
  return { ...rules, parameters };
}

/** Throws HeadcountError BAD_REQUEST where a query has a parameter that is not known, or twice one that is to come once. */
export function demandParameters(query: unknown, known: ReadonlyMap<string, boolean>): void {
  for (const [name, value] of Object.entries(query as Readonly<Record<string, unknown>>)) {
    const isMany = known.get(name);
    if (isMany === undefined) {
      const names = [...known.keys()].join(', ');
      const those = names === '' ? 'there are none here' : `those that are known are ${names}`;
      throw new HeadcountError(
        'BAD_REQUEST',
        `The parameter ${JSON.stringify(name.slice(0, 100))} is not known; ${those}.`,
      );
    }
    if (!isMany && Array.isArray(value))
      throw new HeadcountError('BAD_REQUEST', `The parameter ${name} must be given once.`);
  }
}
