/** What the settings of authentication must be together where AUTH is jwt. */
import {
  PUBLIC_KEY_ALGORITHMS,
  PUBLIC_KEY_ALGORITHMS_DEFAULT,
  SECRET_ALGORITHMS,
  algorithmsOf,
  isSecretAlgorithm,
} from '../auth/algorithms.js';
import type { AuthConfig, authSettings } from './auth-settings.js';
import type { ConfigRule } from './setting.js';

type AuthRule = ConfigRule<typeof authSettings>;

const KEYS = ['AUTH_JWT_SECRET', 'AUTH_JWT_PUBLIC_KEY', 'AUTH_JWKS_URL'] as const;
const CHECKED = ['AUTH', ...KEYS, 'AUTH_ALGORITHMS'] as const;

/** The rule, for where AUTH is jwt and none of the settings is faulty by itself. */
const forJwt =
  (rule: (config: AuthConfig) => string | null): AuthRule =>
  (values) =>
    values.AUTH === 'jwt' && CHECKED.every((name) => name in values)
      ? rule(values as AuthConfig)
      : null;

const keysIn = (config: AuthConfig) => KEYS.filter((name) => config[name] !== undefined);

const exactlyOneKey = forJwt((config) => {
  const given = keysIn(config);
  if (given.length === 1) return null;
  if (given.length === 0) {
    return (
      `${KEYS[0]}, ${KEYS[1]} or ${KEYS[2]} must be set where AUTH is jwt, for example ` +
      `${KEYS[0]}=$(openssl rand -hex 32): without it no token can be verified.`
    );
  }
  return (
    `${given.join(' and ')} must not be set together: which key verifies a token has to be clear; ` +
    'leave one and take the others out.'
  );
});

const algorithmsOfTheKind = forJwt((config) => {
  const [key, ...more] = keysIn(config);
  if (key === undefined || more.length > 0 || config.AUTH_ALGORITHMS === undefined) return null;
  const forSecret = key === 'AUTH_JWT_SECRET';
  const wrong = config.AUTH_ALGORITHMS.filter((name) => isSecretAlgorithm(name) !== forSecret);
  if (wrong.length === 0) return null;
  const right = forSecret ? SECRET_ALGORITHMS : PUBLIC_KEY_ALGORITHMS;
  const why = forSecret
    ? 'the others need a public key'
    : 'with the others whoever knows a public key could sign';
  return (
    `AUTH_ALGORITHMS must be some of ${right.join(', ')} where ${key} is set, for example ` +
    `${right[0]}: ${why}; it names ${wrong.join(', ')}.`
  );
});

const algorithmForThePublicKey = forJwt((config) => {
  const { AUTH_JWT_PUBLIC_KEY: key, AUTH_ALGORITHMS: given } = config;
  if (key === undefined || keysIn(config).length > 1 || given?.some(isSecretAlgorithm)) return null;
  const possible = algorithmsOf(key);
  const allowed = given ?? PUBLIC_KEY_ALGORITHMS_DEFAULT;
  if (possible.some((name) => allowed.includes(name))) return null;
  return (
    `AUTH_ALGORITHMS must name one that AUTH_JWT_PUBLIC_KEY can verify, for example ` +
    `${possible[0]}: with ${allowed.join(', ')} every token would be refused.`
  );
});

/** RFC 7518, 3.2: a secret as long as the digest at least. */
const secretAsLongAsTheDigest = forJwt(({ AUTH_JWT_SECRET: secret, AUTH_ALGORITHMS: given }) => {
  if (secret === undefined || given === undefined) return null;
  const bits = Math.max(0, ...given.filter(isSecretAlgorithm).map((name) => Number(name.slice(2))));
  return Buffer.byteLength(secret) >= bits / 8
    ? null
    : `AUTH_JWT_SECRET must be at least ${bits / 8} characters where AUTH_ALGORITHMS names ` +
        `HS${bits}, for example $(openssl rand -hex ${bits / 8}): a shorter one is easier to guess ` +
        'than the signature.';
});

/** An operator who has set a key believes that it protects something. */
const noKeysWhereOff: AuthRule = (values) => {
  if (values.AUTH !== 'off') return null;
  const given = [...KEYS, 'API_KEYS' as const, 'API_KEYS_FILE' as const].filter(
    (name) => values[name] !== undefined,
  );
  return given.length === 0
    ? null
    : `AUTH must be jwt where ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set: with AUTH=off no key is looked ` +
        'at and everybody may do everything; set AUTH=jwt, or take the keys out.';
};

const oneListOfApiKeys: AuthRule = ({ API_KEYS: given, API_KEYS_FILE: file }) =>
  given === undefined || file === undefined
    ? null
    : 'API_KEYS and API_KEYS_FILE must not be set together: whoever takes a key out of one would find it still good.';

const readsNeedTokens: AuthRule = ({ AUTH, READS }) =>
  AUTH === 'off' && READS === 'token'
    ? 'READS must be public where AUTH is off: no token is looked at there, so everyone reads; set AUTH=jwt to protect reads.'
    : null;

/** The rules of authentication, for every app. */
export const authRules: readonly AuthRule[] = [
  noKeysWhereOff,
  oneListOfApiKeys,
  readsNeedTokens,
  exactlyOneKey,
  algorithmsOfTheKind,
  algorithmForThePublicKey,
  secretAsLongAsTheDigest,
];
