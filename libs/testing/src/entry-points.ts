/** What may be called in an app of Nest, and who may call it, as the decorators of its classes say. */
import 'reflect-metadata';

/** How an entry point is marked. */
export interface Marks {
  /** Metadata keys of methods or classes, and what each says of who may call them. */
  readonly marks: Readonly<Record<string, string>>;
  /** Guards of methods or classes that admit callers by rules of their own. */
  readonly guards: Readonly<Record<string, string>>;
}

/** The parts of a Nest module that are looked at. */
export interface ModuleParts {
  readonly controllers?: readonly unknown[] | undefined;
  readonly providers?: readonly unknown[] | undefined;
}

type Method = (...args: unknown[]) => unknown;

const HTTP_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'ALL', 'OPTIONS', 'HEAD'];

/**
 * Every route and every field of Query, Mutation and Subscription -> who may call it: the mark that is found on its method or class,
 * else `token`.
 */
export function entryPointsOf({ controllers = [], providers = [] }: ModuleParts, by: Marks) {
  const found = new Map<string, string>();
  for (const one of [...controllers, ...providers]) {
    if (typeof one !== 'function') continue;
    const prototype = one.prototype as Record<string, unknown> | undefined;
    for (const key of prototype ? Object.getOwnPropertyNames(prototype) : []) {
      const method = Object.getOwnPropertyDescriptor(prototype, key)?.value as unknown;
      if (typeof method !== 'function') continue;
      const name = nameOf(one, method as Method, key);
      if (name !== null) found.set(name, markOf([method, one], by));
    }
  }
  return Object.fromEntries([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function nameOf(owner: object, method: Method, key: string): string | null {
  const verb = Reflect.getMetadata('method', method) as number | undefined;
  if (verb !== undefined) {
    const paths = [owner, method].map((of) => String(Reflect.getMetadata('path', of) ?? ''));
    const path = paths.map((part) => part.replace(/^\/|\/$/g, '')).filter((part) => part !== '');
    return `${HTTP_METHODS[verb] ?? verb} /${path.join('/')}`;
  }
  const kind = Reflect.getMetadata('graphql:resolver_type', method) as string | undefined;
  if (kind !== 'Query' && kind !== 'Mutation' && kind !== 'Subscription') return null;
  const named = Reflect.getMetadata('graphql:resolver_name', method) as string | undefined;
  return `${kind} ${named ?? key}`;
}

function markOf(targets: readonly object[], { marks, guards }: Marks): string {
  for (const target of targets) {
    const used = (Reflect.getMetadata('__guards__', target) ?? []) as { name?: string }[];
    const guard = used.find(({ name = '' }) => Object.hasOwn(guards, name));
    if (guard?.name !== undefined) return guards[guard.name] ?? '';
  }
  for (const target of targets)
    for (const [key, mark] of Object.entries(marks))
      if (Reflect.getMetadata(key, target) === true) return mark;
  return 'token';
}
