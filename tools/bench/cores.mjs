/**
 * Where processes run: what is measured has a core for itself; Redis, and all that makes load or measures, shares
 * another. Otherwise the scheduler would mix them differently in each round.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [serverCore, loadCore] = firstTwo(allowedCores());

/** Moves a process with all its threads to the core of what is measured. False where that cannot be done. */
export const pinToServerCore = (pid) => pin(pid, serverCore);

/** Moves a process with all its threads to the other core. False where that cannot be done. */
export const pinToLoadCore = (pid) => pin(pid, loadCore);

function pin(pid, core) {
  if (core === undefined) return false;
  return spawnSync('taskset', ['--all-tasks', '--pid', '--cpu-list', core, pid]).status === 0;
}

/** The cores that this process may use, `0-3,8` as Linux writes it; empty on other systems. */
function allowedCores() {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '';
  } catch {
    return '';
  }
}

function firstTwo(list) {
  const cores = list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, at) => String(first + at));
  });
  return list === '' || cores.length < 2 ? [] : cores;
}
