import { z } from 'zod';

/**
 * What a key may speak as. Each role signs with a key of its own, derived from the secret, so that
 * a holder of the key of one role cannot speak in another: docs/protocol.md §2.
 */
export const SIGNING_ROLES = ['gateway', 'region', 'cursor'] as const;

export type SigningRole = (typeof SIGNING_ROLES)[number];

/** A key that apps of one deployment share. */
export interface SigningKey {
  readonly id: string;
  /** With a role, the derived key in hex. */
  readonly secret: string;
  /** The one role that the key is good for; absent: all of them, each derived from the secret. */
  readonly role?: SigningRole;
}

const SECRET = /^([A-Za-z0-9_-]{1,16}):([^,\s]{16,})$/;
const DERIVED = new RegExp(`^([A-Za-z0-9_-]{1,16})\\.(${SIGNING_ROLES.join('|')}):([0-9a-f]{64})$`);

function parseKey(text: string): SigningKey | null {
  const [, id, role, derived] = DERIVED.exec(text) ?? [];
  if (id && role && derived) return { id, secret: derived, role: role as SigningRole };
  const [, whole, secret] = SECRET.exec(text) ?? [];
  return whole && secret ? { id: whole, secret } : null;
}

/** Whether the key can speak as the role. */
export const isOfRole = (key: SigningKey, role: SigningRole): boolean =>
  key.role === undefined || key.role === role;

const isUnique = (keys: readonly SigningKey[]): boolean =>
  SIGNING_ROLES.every((role) => {
    const ids = keys.filter((key) => isOfRole(key, role)).map(({ id }) => id);
    return new Set(ids).size === ids.length;
  });

/**
 * The keys of `id:secret[,id:secret]`, or of `id.role:derived` as `npm run keys` prints them: at
 * least one, no id twice in a role. The first one of a role signs.
 */
export const signingKeysField = z.string().transform((raw, context): readonly SigningKey[] => {
  const parsed = raw.split(',').map((text) => parseKey(text.trim()));
  const keys = parsed.filter((key) => key !== null);
  if (keys.length !== parsed.length || !isUnique(keys))
    context.addIssue({ code: 'custom', message: 'not a list of keys' });
  return keys;
});
