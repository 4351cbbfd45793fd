import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Begins new logs in `dir`. Those of the last start stay beside them as `.log.old`, those before that go. */
export function beginLogs(dir) {
  if (!existsSync(dir)) return;
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.log'))) {
    renameSync(join(dir, file), join(dir, `${file}.old`));
  }
}
