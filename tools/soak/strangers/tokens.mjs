/** Who calls in this soak: users with tokens, back ends with API keys. */
import { createHash, createHmac, randomBytes } from 'node:crypto';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as an identity provider makes it: HS256, RFC 7519. It is good for a day. */
export function tokenFor(secret, claims) {
  const nowS = Math.floor(Date.now() / 1000);
  const head = base64url({ alg: 'HS256', typ: 'JWT' });
  const body = base64url({ iat: nowS, exp: nowS + 86_400, ...claims });
  const signature = createHmac('sha256', secret).update(`${head}.${body}`).digest('base64url');
  return `${head}.${body}.${signature}`;
}

/** A new API key, and its line for API_KEYS. */
export function newApiKey(rights) {
  const key = `hck_${randomBytes(32).toString('base64url')}`;
  const sha256 = createHash('sha256').update(key).digest('hex');
  return { key, line: JSON.stringify({ ...rights, sha256 }) };
}
