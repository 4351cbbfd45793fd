/** The kinds of settings that several apps have. */
import { z } from 'zod';
import { setting, type Setting } from './setting.js';

/**
 * The bounds of a number, both inclusive, and its default. The name of the setting carries the
 * unit.
 */
export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

const digits = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(Number);

/** A whole number within bounds. */
export function numberSetting(description: string, bounds: NumberBounds): Setting<number> {
  const { min, max } = bounds;
  const text = {
    description,
    must: `a whole number from ${min} to ${max}`,
    example: String(bounds.default),
    default: String(bounds.default),
  };
  return setting(text, digits.pipe(z.number().min(min).max(max)));
}

/** A TCP or UDP port; 0 lets the system choose. */
export function portSetting(description: string, port: number): Setting<number> {
  return numberSetting(description, { min: 0, max: 65_535, default: port });
}

/** One of a few words. */
export function choiceSetting<const Word extends string>(
  description: string,
  words: readonly [Word, ...Word[]],
  preset: NoInfer<Word>,
): Setting<Word> {
  const text = { description, must: words.join(' or '), example: preset, default: preset };
  return setting(text, z.enum(words));
}

const httpUrl = z.url({ protocol: /^https?$/ });

/** One or more http addresses, separated by commas. */
export function urlListSetting(
  description: string,
  urls: readonly [string, ...string[]],
): Setting<readonly string[]> {
  const text = {
    description,
    must: 'http addresses separated by commas',
    example: urls.join(','),
    default: urls.join(','),
  };
  const schema = z
    .string()
    .transform((raw) => raw.split(',').map((url) => url.trim()))
    .pipe(z.array(httpUrl).min(1))
    .readonly();
  return setting(text, schema);
}
