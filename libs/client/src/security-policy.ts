/**
 * Calls `act` when the content security policy of the page forbids connecting to where `url` is, which no later attempt
 * changes. The result ends this.
 */
export function whenForbidden(url: string, act: () => void): () => void {
  if (typeof document === 'undefined') return () => undefined;
  const { origin } = new URL(url);
  const violated = (event: SecurityPolicyViolationEvent): void => {
    const { disposition, effectiveDirective, blockedURI } = event;
    const isOurs = blockedURI === origin || blockedURI.startsWith(`${origin}/`);
    if (disposition === 'enforce' && effectiveDirective === 'connect-src' && isOurs) act();
  };
  document.addEventListener('securitypolicyviolation', violated);
  return () => document.removeEventListener('securitypolicyviolation', violated);
}
