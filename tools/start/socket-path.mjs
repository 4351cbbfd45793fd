import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The system allows about 104 bytes for a socket's path, and ioredis takes the path out of a URL as it stands there. */
const PLAIN_PATH = /^[\w./-]{1,100}$/;

/** Path of a Unix socket in `dir`, or, where the system would not take that, one that stands for it in the temporary folder. */
export function socketPath(dir, name) {
  const path = join(dir, name);
  if (PLAIN_PATH.test(path)) return path;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 16);
  return join(tmpdir(), `headcount-${digest}.sock`);
}
