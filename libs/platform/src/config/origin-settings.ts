/** Whose pages may ask an app, as browsers say it (`Origin`). */
import { z } from 'zod';
import { isLoopback, isLoopbackName } from './loopback.js';
import { optionalSetting, type Setting } from './setting.js';

/** Whose pages may ask. */
export interface OriginPolicy {
  readonly any: boolean;
  /** Whether pages of this machine may, on whatever port, as a developer's server has them. */
  readonly loopback: boolean;
  /** None: those of the same host. */
  readonly listed: readonly string[];
}

const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(z.array(z.string().refine(isOriginOrAny)))
  .readonly();

/** A list of origins, or *. `pages` says what pages of these origins may do. */
export function originsSetting(pages: string): Setting<readonly string[] | undefined> {
  return optionalSetting(
    {
      description: `Origins whose pages may ${pages}, or *; default: those of the same host and, on a loopback HOST, of this machine.`,
      must: 'origins separated by commas, or *',
      example: 'https://www.example.org,https://shop.example.org',
    },
    origins,
  );
}

/** What apps with a REST interface have. */
export const restSettings = {
  CORS_ORIGINS: originsSetting('read what REST and GraphQL answer'),
};

/** The rule for a list, or for none. Any page would let each site that a developer visits read and write here. */
export function originPolicyOf(host: string, listed: readonly string[] | undefined): OriginPolicy {
  return {
    any: listed?.includes('*') ?? false,
    loopback: listed === undefined && isLoopback(host),
    listed: listed ?? [],
  };
}

/** Whether pages of `origin` may ask an app that was asked as `host`. */
export function allowsOrigin(
  { any, loopback, listed }: OriginPolicy,
  origin: string,
  host: string | undefined,
): boolean {
  if (any || listed.includes(origin)) return true;
  if (listed.length > 0 || !URL.canParse(origin)) return false;
  const own = new URL(origin).host;
  return own === host || (loopback && isLoopbackName(own));
}

function isOriginOrAny(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
