import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What one collection leaves for the next, such as what finalizers hold, is gone after a few. */
const COLLECTIONS = 4;
const SETTLE_MS = 300;

/** KiB that this process holds of the operating system, and of its heap what is left once the garbage is gone. */
export async function memoryInUse() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  for (let time = 0; time < COLLECTIONS; time += 1) {
    collect();
    await sleep(SETTLE_MS / COLLECTIONS);
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss: rss / 1024, heap: heapUsed / 1024 };
}
