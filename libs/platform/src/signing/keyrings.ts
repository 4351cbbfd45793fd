import type { ConfigRule } from '../config/setting.js';
import type { deploymentSettings } from '../config/shared-settings.js';
import { Keyring } from './keyring.js';
import { isOfRole, type SigningKey, type SigningRole } from './signing-keys.js';

/** The keyrings of an app, one for each role that it speaks in. */
export class Keyrings {
  private readonly made = new Map<SigningRole, Keyring>();

  constructor(private readonly keys: readonly SigningKey[]) {}

  /** Throws RangeError where the app has no key of the role; see demandRoles. */
  of(role: SigningRole): Keyring {
    const keyring = this.made.get(role) ?? new Keyring(this.keys, role);
    this.made.set(role, keyring);
    return keyring;
  }
}

/** The rule that an app has a key of each role that it speaks in. */
export function demandRoles(
  app: string,
  roles: readonly SigningRole[],
): ConfigRule<Pick<typeof deploymentSettings, 'SIGNING_KEYS'>> {
  return ({ SIGNING_KEYS: keys }) => {
    const missing = roles.filter((role) => keys && !keys.some((key) => isOfRole(key, role)));
    return missing.length === 0
      ? null
      : `SIGNING_KEYS must contain a key for ${missing.join(' and ')}; ` +
          `"npm run keys -- derive ${app}" prints those that ${app} needs.`;
  };
}
