import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Fault } from '../setup/fault.mjs';

/**
 * Holds `file` for as long as this process runs: two supervisors with one data folder would start two Redis on the same
 * files. Throws a Fault if another one runs. The file of one that was killed is taken over.
 */
export function holdLock(file) {
  const holder = holderOf(file);
  if (holder !== undefined) {
    throw new Fault(
      `Headcount runs already (process ${holder}); end that one first, or set HEADCOUNT_DIR to another folder.`,
    );
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    throw new Fault('Another "npm start" has begun at this very moment.');
  }
  process.once('exit', () => rmSync(file, { force: true }));
}

function holderOf(file) {
  let pid;
  try {
    pid = Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
  // After a crash the number may be another program's by now.
  return Number.isInteger(pid) && commandLineOf(pid).includes('start.mjs') ? pid : undefined;
}

/** How the process was started, or '' if there is none. */
function commandLineOf(pid) {
  if (process.platform !== 'linux') {
    return (
      spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
    );
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
