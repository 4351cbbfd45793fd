import type { z } from 'zod';
import { noteSecrets } from './secret-names.js';
import { safetyRules } from './safety-rules.js';
import type { ConfigOf, ConfigRule, Setting, Settings } from './setting.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown when settings are wrong: everything that is, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }

  /** All that its operator has to read. */
  get sentences(): readonly string[] {
    return this.faults;
  }
}

/**
 * The values of an app's settings, frozen, read once at its start. An empty variable counts as not
 * given, since compose files and shells make such. The rules of safety hold for every app; `rules`
 * come on top. Throws ConfigError with all faults at once.
 */
export function loadConfig<S extends Settings>(
  settings: S,
  env: Environment,
  rules: readonly ConfigRule<S>[] = [],
): ConfigOf<S> {
  noteSecrets(settings);
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, setting] of Object.entries(settings)) {
    const raw = env[name] || setting.default;
    const parsed = raw === undefined ? undefined : setting.schema.safeParse(raw);
    if (parsed?.success) values[name] = parsed.data;
    else if (raw === undefined && setting.optional) values[name] = undefined;
    else faults.push(faultOf(name, setting, raw, placeIn(parsed?.error)));
  }
  // Faulty settings have no value here, so a rule says nothing of them and each fault is told once.
  const judged = values as Partial<ConfigOf<S>>;
  const broken = [...safetyRules.map((rule) => rule(values)), ...rules.map((rule) => rule(judged))];
  faults.push(...broken.filter((fault) => fault !== null));
  if (faults.length > 0) throw new ConfigError(faults);
  // Without a fault every name of S has its value.
  return Object.freeze(values) as ConfigOf<S>;
}

/** Where in a text of several lines the fault is, as its schema says. */
function placeIn(error: z.ZodError | undefined): string | null {
  const [issue] = error?.issues ?? [];
  const place: unknown = issue?.code === 'custom' ? issue.params?.place : undefined;
  return typeof place === 'string' ? place : null;
}

function faultOf(
  name: string,
  setting: Setting<unknown>,
  raw: string | undefined,
  place: string | null,
): string {
  const hidden = place === null ? 'the one given is not' : `${place} of the one given is not`;
  const shown = setting.secret ? hidden : `it is "${raw}"`;
  const given = raw === undefined ? 'it is not set' : shown;
  return `${name} must be ${setting.must}, for example ${setting.example}; ${given}.`;
}
