import { LiveConnection, type ConnectionOptions } from './live-connection.js';
import type { Pace } from './pace.js';

interface Shared {
  readonly key: readonly unknown[];
  readonly connection: LiveConnection;
  users: number;
  /** Ends it, unless somebody takes it before. */
  end?: ReturnType<typeof setTimeout>;
}

/** Those in use, few: one for each gateway, viewer and token. */
const all = new Set<Shared>();

/** A connection that others on the page may use too. */
export interface Lease {
  readonly connection: LiveConnection;
  /** Gives it back. Whoever takes the same within `lingerMs` goes on with its socket. Twice it is given back once. */
  readonly release: (lingerMs: number) => void;
}

/** The connection of this key, made if there is none; null: `pace` does not allow another one now. */
export function lease(
  key: readonly unknown[],
  options: () => ConnectionOptions,
  pace?: Pace,
): Lease | null {
  const found = find(key);
  if (found === undefined && pace?.take() === false) return null;
  const shared: Shared = found ?? { key, connection: new LiveConnection(options()), users: 0 };
  all.add(shared);
  clearTimeout(shared.end);
  shared.users += 1;
  let isHeld = true;
  return {
    connection: shared.connection,
    release: (lingerMs) => {
      if (!isHeld) return;
      isHeld = false;
      shared.users -= 1;
      if (shared.users > 0) return;
      clearTimeout(shared.end);
      shared.end = setTimeout(() => {
        all.delete(shared);
        shared.connection.dispose();
      }, lingerMs);
    },
  };
}

function find(key: readonly unknown[]): Shared | undefined {
  for (const shared of all) if (shared.key.every((part, at) => part === key[at])) return shared;
  return undefined;
}
