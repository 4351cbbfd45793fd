import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';

/** Begins new logs in `dir`. Those of the last start stay beside them as `.log.old`, those before that go. */
export function beginLogs(dir) {
  if (!existsSync(dir)) return;
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.log'))) {
    renameSync(join(dir, file), join(dir, `${file}.old`));
  }
}

/** Keeps what is said of the parts, with its time, in `start.log` of `dir`; the apps' own logs are beside it. Gives what notes a line. */
export function noteIn(dir) {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'start.log');
  return (line) => {
    try {
      appendFileSync(file, `${new Date().toISOString()} ${line}\n`);
    } catch {
      // A full disk must not end what still runs; the line is on the console.
    }
  };
}
