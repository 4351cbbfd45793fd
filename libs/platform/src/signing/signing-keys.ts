import { z } from 'zod';

/** A key that apps of one deployment share. */
export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

const signingKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,16}:[^,\s]{16,}$/)
  .transform((text): SigningKey => {
    const colon = text.indexOf(':');
    return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  });

const unique = (keys: readonly SigningKey[]): boolean =>
  new Set(keys.map(({ id }) => id)).size === keys.length;

/** The keys of `id:secret[,id:secret]`: at least one, no id twice. The first one signs. */
export const signingKeysField = z
  .string()
  .transform((text) => text.split(',').map((key) => key.trim()))
  .pipe(z.array(signingKey).min(1).refine(unique))
  .readonly();
