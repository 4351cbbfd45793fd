import { Injectable } from '@nestjs/common';

interface Route {
  readonly segments: readonly string[];
  readonly methods: readonly string[];
}

/**
 * Which methods there are at a path. The router only knows that it has no route for a method; this
 * tells a wrong method (405, with a list of the right ones) from a wrong address (404).
 */
@Injectable()
export class AllowedMethods {
  private readonly routes: Route[] = [];

  /** Notes a route: its pattern in the router's language (`/:page/counter`), and its methods. */
  note(pattern: string, methods: readonly string[]): void {
    this.routes.push({ segments: pattern.split('/'), methods });
  }

  /** What the paths of routes begin with, other than with an id. */
  words(): string[] {
    const words = this.routes.map(({ segments: [, word = ''] }) => word);
    return [...new Set(words)].filter((word) => word !== '' && !isParameter(word)).sort();
  }

  /** Pairs of routes that one request could mean: an id that is spelled as a word of the other would lead to that. */
  collisions(): string[] {
    return this.routes.flatMap((one, at) =>
      this.routes
        .slice(at + 1)
        // OPTIONS is answered everywhere by one route.
        .filter(({ methods }) =>
          methods.some((method) => method !== 'OPTIONS' && one.methods.includes(method)),
        )
        .filter((other) => couldMeet(one.segments, other.segments))
        .map((other) => `${one.segments.join('/')} ${other.segments.join('/')}`),
    );
  }

  /** The methods that the path takes, sorted; none where there is nothing at it. `*` is the whole app. */
  at(path: string): string[] {
    const segments = path.split('/').map(decoded);
    const methods = this.routes
      .filter((route) => path === '*' || matches(route.segments, segments))
      .flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
}

const isParameter = (segment: string): boolean => /^[:*]/.test(segment);

/** Whether a path could be that of both, by an id alone. `*` stands for all that follows. */
function couldMeet(one: readonly string[], other: readonly string[]): boolean {
  const isRest = one.includes('*') || other.includes('*');
  if ((one.length !== other.length && !isRest) || one.join('/') === other.join('/')) return false;
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const [here = '', there = ''] = [one[at], other[at]];
    if (here === '*' || there === '*') return true;
    if (here !== there && !isParameter(here) && !isParameter(there)) return false;
  }
  return one.length === other.length;
}

/** As the router takes it. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.length !== path.length) return false;
  return pattern.every((segment, at) => {
    const given = path[at] ?? '';
    return segment.startsWith(':') ? given !== '' : segment === given;
  });
}
