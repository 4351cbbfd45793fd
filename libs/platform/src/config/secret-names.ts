import type { Settings } from './setting.js';

/** Only grows: a name that is a secret in one app of the process is hidden in the logs of all. */
const noted = new Set<string>();

/** Notes which of the settings are marked as secrets. */
export function noteSecrets(settings: Settings): void {
  for (const [name, { secret }] of Object.entries(settings)) if (secret) noted.add(name);
}

/** The names of all secret settings that this process has read. */
export const secretNames = (): readonly string[] => [...noted];
