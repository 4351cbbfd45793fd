/** The port that apps and operators use, apart from the one that callers use. */
import { z } from 'zod';
import { optionalSetting, setting, type Setting } from './setting.js';

/** From the public port of an app to its internal one, where the operator chooses none. */
const STEP = 100;

/** Where the internal ports are. */
export const internalHostSetting = {
  INTERNAL_HOST: setting(
    {
      description:
        'Address that the internal ports listen on: calls between the apps, `/metrics` and health details. Never open it to clients.',
      must: 'an IP address or a host name',
      example: '10.0.0.7',
      default: '127.0.0.1',
    },
    z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
  ),
};

/** The internal port of an app. */
export function internalPortSetting(
  app: string,
  publicSetting: string,
): Setting<number | undefined> {
  return optionalSetting(
    {
      description: `Internal port of ${app}, for other apps and operators; 0 lets the system choose. Default: ${STEP} above ${publicSetting}.`,
      must: 'a whole number from 0 to 65535',
      example: '4100',
    },
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.number().max(65_535)),
  );
}

/** The internal port of an app: the one given, or the default; 0: any free one. */
export function internalPortOf(publicPort: number, given: number | undefined): number {
  if (given !== undefined) return given;
  // Past the last port there is no room above; the sentence of the listener says what to set.
  return publicPort === 0 ? 0 : publicPort + STEP;
}
