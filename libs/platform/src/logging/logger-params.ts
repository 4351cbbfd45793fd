import type { Params } from 'nestjs-pino';
import { secretNames } from '../config/secret-names.js';

/** Fields that hold secrets wherever they stand in what is logged, besides the settings that are marked so. */
const SECRETS = ['authorization', 'cookie', 'password', 'secret', 'token', 'x-headcount-signature'];

/** Depths at which they are looked for: a request is logged with its headers two levels down. */
const DEPTHS = ['', '*', '*.*', '*.*.*'];

const secretPaths = (): string[] =>
  [...SECRETS, ...secretNames()].flatMap((field) => DEPTHS.map((depth) => `${depth}["${field}"]`));

/**
 * How an app logs: JSON lines on standard output, each with the app's name. No middleware is put
 * before the routes, so a request costs nothing here; bootstrap logs requests at `debug`. To be
 * called after the settings have been read.
 */
export function loggerParams(app: string, level: string): Params {
  return {
    forRoutes: [],
    pinoHttp: {
      level,
      base: { app, pid: process.pid },
      redact: { paths: secretPaths(), censor: '[secret]' },
      autoLogging: false,
    },
  };
}
