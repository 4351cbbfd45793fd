import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key that the apps of this folder sign with, for SIGNING_KEYS: made once, readable by its owner alone. */
export function signingKeysIn(dataDir) {
  const file = join(dataDir, 'signing-keys');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    const keys = `local:${randomBytes(32).toString('base64url')}`;
    writeFileSync(file, `${keys}\n`, { mode: 0o600, flag: 'wx' });
    return keys;
  }
}
