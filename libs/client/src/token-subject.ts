/**
 * Whom a JSON Web Token names (`sub`), for the address of the socket; undefined: it is none, or names nobody. Whether it is
 * good the gateway finds out.
 */
export function subjectOf(token: string): string | undefined {
  try {
    const [, claims = ''] = token.split('.');
    const bytes = atob(claims.replaceAll('-', '+').replaceAll('_', '/'));
    const json = new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
    const { sub } = JSON.parse(json) as { readonly sub?: unknown };
    return typeof sub === 'string' ? sub : undefined;
  } catch {
    return undefined;
  }
}
