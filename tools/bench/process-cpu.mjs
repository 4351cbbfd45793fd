import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/<pid>/stat`, in which times are ticks; 100 a second on every Linux that Node runs on. */
const TICKS_A_SECOND = 100;

/**
 * Seconds of CPU that a process has used since its start, all threads together; undefined where there is no /proc.
 * To the nanosecond where the kernel keeps scheduler statistics, else to 10 ms.
 */
export function cpuSeconds(pid) {
  const process = `/proc/${pid}`;
  if (!existsSync(process)) return undefined;
  if (!existsSync(`${process}/schedstat`)) return ticks(process) / TICKS_A_SECOND;
  // A thread's time is lost with the thread, but Node and Redis keep theirs as long as they live.
  return readdirSync(`${process}/task`)
    .map((thread) =>
      Number(readFileSync(`${process}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    )
    .reduce((sum, nanoseconds) => sum + nanoseconds / 1e9, 0);
}

function ticks(process) {
  const stat = readFileSync(`${process}/stat`, 'utf8');
  // The second field, the command's name, may hold spaces; user and system time are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
