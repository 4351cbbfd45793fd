/** From the text of API_KEYS, or of the file of API_KEYS_FILE, to keys. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ApiKey } from '../auth/api-keys.js';
import { rightsFields } from '../auth/claims.js';
import { Grants } from '../auth/grants.js';

/** Most keys: each request with a key is held against all of them. */
export const API_KEYS_MAX = 100;

// A name that is not known may be a right that was written wrongly, and left out it might allow more.
const lineField = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  ...rightsFields,
});

/** Keys, a JSON object a line; empty lines and those that begin with # are left out. */
export const apiKeysField = z.string().transform((text, context): readonly ApiKey[] => {
  const keys: ApiKey[] = [];
  const taken = new Set<string>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const read = lineField.safeParse(parsed(line));
    const { name = '', sha256 = '', scope, ...rights } = read.data ?? {};
    const isNew = !taken.has(name) && !taken.has(sha256);
    if (!read.success || !isNew || keys.length >= API_KEYS_MAX) {
      context.addIssue({
        code: 'custom',
        message: `line ${at + 1}`,
        params: { place: `line ${at + 1}` },
      });
      return z.NEVER;
    }
    taken.add(name).add(sha256);
    const grants = Grants.of({ ...rights, scopes: scope });
    keys.push({ digest: Buffer.from(sha256, 'hex'), service: { kind: 'service', name, grants } });
  }
  return keys;
});

/** The text of a file, read once. */
export const fileField = z.string().transform((path, context): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: 'not a file that can be read' });
    return z.NEVER;
  }
});

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
