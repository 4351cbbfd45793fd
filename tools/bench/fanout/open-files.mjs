import { readFileSync } from 'node:fs';

/** Most files and sockets that a process started here may have open; Infinity where the system does not tell. */
export function openFilesMax() {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    // Node raises its soft limit to the hard one.
    const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
    return Number(hard ?? Infinity);
  } catch {
    return Infinity;
  }
}
