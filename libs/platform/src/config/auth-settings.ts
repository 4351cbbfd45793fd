/** The settings that say who callers are. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { PUBLIC_KEY_ALGORITHMS, SECRET_ALGORITHMS, algorithmsOf } from '../auth/algorithms.js';
import { API_KEYS_MAX, apiKeysField, fileField } from './api-key-lines.js';
import { userRightsField } from '../auth/claims.js';
import { choiceSetting, numberSetting } from './kinds.js';
import { isLoopback } from './loopback.js';
import { optionalSetting, setting, type ConfigOf } from './setting.js';

const ALGORITHMS = [...SECRET_ALGORITHMS, ...PUBLIC_KEY_ALGORITHMS] as const;

const algorithms = z
  .string()
  .transform((raw) => raw.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(ALGORITHMS)).min(1))
  .readonly();

/** A public key of use, from PEM in which `\n` may stand for a break of line. */
const publicKey = z.string().transform((raw, context): KeyObject => {
  const key = publicKeyOf(raw.replaceAll('\\n', '\n'));
  if (key !== null && algorithmsOf(key).length > 0) return key;
  context.addIssue({ code: 'custom', message: 'not a public key' });
  return z.NEVER;
});

function publicKeyOf(pem: string): KeyObject | null {
  // Node would take the public half of a private key, which has no business here.
  if (/PRIVATE KEY/.test(pem)) return null;
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

/** Whoever could change the answer on its way could sign as anybody, so it is TLS or this machine. */
function isPrivateWay(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

const jsonField = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue('not JSON');
    return z.NEVER;
  }
});

const claimValue = z.string().regex(/^\S{1,1024}$/);

const API_KEY_LINES = `at most ${API_KEYS_MAX} lines, each a JSON object as \`npm run api-key\` prints it, no name and no key twice`;

/** Who callers are. */
export const authSettings = {
  AUTH: choiceSetting(
    'Whether callers must prove who they are. `off` is allowed on a loopback HOST only.',
    ['off', 'jwt'],
    'off',
  ),
  READS: choiceSetting(
    'Who may read counters. `public`: everyone. `token`: callers with a token or an API key, limited to the pages it allows; needs AUTH=jwt.',
    ['public', 'token'],
    'public',
  ),
  AUTH_JWT_SECRET: optionalSetting(
    {
      description:
        'Secret that tokens are signed with. The `sub` of a token is the viewer. With AUTH=jwt, set this, AUTH_JWT_PUBLIC_KEY or AUTH_JWKS_URL.',
      must: 'at least 32 characters',
      example: '$(openssl rand -hex 32)',
      secret: true,
    },
    z.string().min(32),
  ),
  AUTH_JWT_PUBLIC_KEY: optionalSetting(
    {
      description:
        'Public key that verifies tokens, or a certificate that contains it; only the key of a certificate is used.',
      must: 'PEM, in which \\n may stand for a break of line, of an RSA key of 2048 bits or more, or one of P-256, P-384, P-521 or Ed25519',
      example: '-----BEGIN PUBLIC KEY-----\\nMCow...\\n-----END PUBLIC KEY-----',
      // A private key given by mistake must not come to stand in a log.
      secret: true,
    },
    publicKey,
  ),
  AUTH_JWKS_URL: optionalSetting(
    {
      description: "Address of an identity provider's key set (JWKS).",
      must: 'an https address, or an http one of a loopback host, without user and password',
      example: 'https://id.example.org/.well-known/jwks.json',
      // A password in it is a fault, and shown nevertheless it would be a leak.
      secret: true,
    },
    z.string().refine(isPrivateWay),
  ),
  AUTH_ALGORITHMS: optionalSetting(
    {
      description:
        'Signature algorithms that tokens may use, separated by commas. Default: HS256 with a secret; RS256,ES256,EdDSA,PS256 with public keys.',
      must: `some of ${ALGORITHMS.join(', ')}, separated by commas`,
      example: 'ES256',
    },
    algorithms,
  ),
  AUTH_ISSUER: optionalSetting(
    {
      description: 'Required `iss` of tokens. Default: not checked.',
      must: '1 to 1024 characters without spaces',
      example: 'https://id.example.org/',
    },
    claimValue,
  ),
  AUTH_AUDIENCE: optionalSetting(
    {
      description: 'Required `aud` of tokens, or a member of it. Default: not checked.',
      must: '1 to 1024 characters without spaces',
      example: 'headcount',
    },
    claimValue,
  ),
  AUTH_CLOCK_TOLERANCE_SECONDS: numberSetting(
    'Allowed clock difference to the issuer of the tokens, in seconds.',
    { min: 0, max: 300, default: 5 },
  ),
  AUTH_TOKEN_SECONDS_MAX: optionalSetting(
    {
      description:
        'Longest lifetime of a token, in seconds. Tokens that live longer, or have no `exp`, are refused. Default: no limit, and a warning for a token without `exp`.',
      must: 'a whole number from 1 to 31622400',
      example: '86400',
    },
    z
      .string()
      .regex(/^\d{1,8}$/)
      .transform(Number)
      .pipe(z.number().min(1).max(31_622_400)),
  ),
  USER_RIGHTS: setting(
    {
      description:
        'Rights of users whose token has no claims of its own, in the form of the claims `pages`, `counters`, `votes` and `amount`. Without `votes` they may vote on VOTED_COUNTERS.',
      must: 'a JSON object with the fields pages, counters, votes and amount, each as the claim of that name',
      example: '{"pages":["*"],"counters":["likes"],"amount":1}',
      default: '{"pages":["*"],"counters":[],"amount":1}',
    },
    jsonField.pipe(userRightsField),
  ),
  API_KEYS: optionalSetting(
    {
      description: 'API keys of back ends, each as its SHA-256 with its rights.',
      must: API_KEY_LINES,
      example: '{"name":"cms","sha256":"(64 hex digits)","scope":"pages:modify"}',
      // A key given by mistake instead of its digest must not come to stand in a log.
      secret: true,
    },
    apiKeysField,
  ),
  API_KEYS_FILE: optionalSetting(
    {
      description: 'File with the API keys, instead of API_KEYS. It is read once, at the start.',
      must: `the path of a file of ${API_KEY_LINES}`,
      example: '/run/secrets/api-keys',
      secret: true,
    },
    fileField.pipe(apiKeysField),
  ),
};

/** The values of the settings that say who callers are. */
export type AuthConfig = ConfigOf<typeof authSettings>;
