import { open } from 'node:fs/promises';
import { readLine, type Unanswered } from './kernel-connections.js';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * What is unanswered on the connections of these names. Rejects where the system has no such tables, or does not show them.
 * Cost O(connections of this machine), about a microsecond each, not all in one turn.
 */
export async function unansweredOn(
  names: ReadonlySet<string>,
  tables: readonly string[] = TABLES,
): Promise<ReadonlyMap<string, Unanswered>> {
  const found = new Map<string, Unanswered>();
  for (const table of tables) {
    const file = await open(table);
    for await (const line of file.readLines({ encoding: 'latin1' })) {
      const read = readLine(line, names);
      if (read !== null) found.set(...read);
    }
  }
  return found;
}
