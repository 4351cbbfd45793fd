/** Which addresses counter-api pushes to: a list that the operator gives, never what a message says. */
import { z } from 'zod';

/** Decides whether an address is on the list. */
export type AllowsAddress = (url: string) => boolean;

const ENTRY = /^(https?):\/\/(\[[0-9a-f:]+\]|[a-z0-9*.-]+):(\d{1,5}|\*)$/i;

const escaped = (text: string): string => text.replace(/[.[\]]/g, '\\$&');

/** The test that one entry stands for; null where it is none. `*` is any port, or any part of one label. */
function testOf(entry: string): RegExp | null {
  const [, scheme, host, port] = ENTRY.exec(entry) ?? [];
  if (!scheme || !host || !port) return null;
  const hosts = escaped(host).replaceAll('*', '[a-z0-9-]*');
  return new RegExp(`^${scheme}://${hosts}:${port === '*' ? '\\d{1,5}' : port}$`, 'i');
}

/** A comma list of addresses as the setting GATEWAY_URLS has it. */
export const gatewayAddresses = z.string().transform((raw, context): AllowsAddress => {
  const tests = raw.split(',').map((entry) => testOf(entry.trim()));
  const known = tests.filter((test) => test !== null);
  if (known.length !== tests.length) {
    context.addIssue({ code: 'custom', message: 'not a list of addresses' });
  }
  return (url) => known.some((test) => test.test(url));
});
