import type { z } from 'zod';

/** What a person is told about one setting. Values are texts, as in the environment. */
export interface SettingText {
  /** What it does, as a table of settings says it. */
  readonly description: string;
  /** What it must be, to follow `NAME must be`: `a whole number from 0 to 65535`. */
  readonly must: string;
  /** A value that would be right. */
  readonly example: string;
  /** The value if none is given; absent: see `optional`. */
  readonly default?: string;
  /** Whether it may be left out although it has no default; it is undefined then. */
  readonly optional?: boolean;
  /** Whether its value must not be shown. */
  readonly secret?: boolean;
}

/** One setting: what it is for, and how its text becomes a value. */
export interface Setting<T> extends SettingText {
  readonly schema: z.ZodType<T, string>;
}

/** Settings by the names that they have in the environment and in the code alike. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of settings. */
export type ConfigOf<S extends Settings> = {
  readonly [Name in keyof S]: S[Name] extends Setting<infer T> ? T : never;
};

/**
 * A demand on several settings: what is wrong with these values, as a sentence, or null. A setting
 * that the app does not have, or that is faulty by itself, is absent.
 */
export type ConfigRule<S extends Settings> = (values: Partial<ConfigOf<S>>) => string | null;

/** A setting that always has a value: the one given, or its default, or the app does not start. */
export function setting<T>(text: SettingText, schema: z.ZodType<T, string>): Setting<T> {
  return Object.freeze({ ...text, schema });
}

/** A setting without a default that may be left out. */
export function optionalSetting<T>(
  text: Omit<SettingText, 'default' | 'optional'>,
  schema: z.ZodType<T, string>,
): Setting<T | undefined> {
  return Object.freeze({ ...text, optional: true, schema });
}
