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

  /** The methods that the path takes, sorted; none where there is nothing at it. `*` is the whole app. */
  at(path: string): string[] {
    const segments = path.split('/').map(decoded);
    const methods = this.routes
      .filter((route) => path === '*' || matches(route.segments, segments))
      .flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  }
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
