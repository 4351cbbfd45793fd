/** What stands before the apps, and how it says who called. */
import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import type { authSettings } from '../config/auth-settings.js';
import { choiceSetting } from '../config/kinds.js';
import { setting, type ConfigOf, type ConfigRule } from '../config/setting.js';
import { ipOf } from './ip-address.js';

/** The proxies whose word is taken. */
export interface TrustedProxies {
  /** How many networks are named; 0: no proxy is trusted. */
  readonly size: number;
  readonly trusts: (ip: string) => boolean;
}

/** A network of IPv4. A BlockList takes 5 µs to find one, a tenth of a request. */
interface Network {
  readonly base: number;
  readonly mask: number;
}

function networkOf(address: string, bits: number): Network {
  const mask = -1 << (32 - bits);
  return { base: numberOf(address) & mask, mask };
}

/** An address of IPv4 as a number of 32 bits. */
const numberOf = (ip: string): number =>
  ip.split('.').reduce((number, byte) => (number << 8) | Number(byte), 0);

const NETWORK = /^([0-9A-Fa-f.:]+)(?:\/([1-9]\d{0,2}))?$/;

/** Networks as texts, each with its number of leading bits; null where one is none. */
function trustedProxiesOf(raw: string): TrustedProxies | null {
  const v4: Network[] = [];
  const v6 = new BlockList();
  const networks = raw.split(',').map((network) => network.trim());
  for (const network of networks) {
    const [, address = '', bits] = NETWORK.exec(network) ?? [];
    const family = isIP(address);
    const bitsMax = family === 4 ? 32 : 128;
    // Clients are known by the plain form of an address, which a mapped network would never hold.
    if (family === 0 || ipOf(address)?.includes(':') !== (family === 6)) return null;
    if (Number(bits ?? bitsMax) > bitsMax) return null;
    if (family === 6) v6.addSubnet(address, Number(bits ?? bitsMax), 'ipv6');
    else v4.push(networkOf(address, Number(bits ?? bitsMax)));
  }
  const trusts = (ip: string): boolean => {
    const family = isIP(ip);
    if (family !== 4) return family === 6 && v6.check(ip, 'ipv6');
    const number = numberOf(ip);
    return v4.some(({ base, mask }) => (number & mask) === base);
  };
  return { size: networks.length, trusts };
}

const NOBODY: TrustedProxies = { size: 0, trusts: () => false };

const trustedProxies = z.string().transform((raw, context): TrustedProxies => {
  if (raw === 'none') return NOBODY;
  const trusted = trustedProxiesOf(raw);
  if (trusted !== null) return trusted;
  context.addIssue({ code: 'custom', message: 'not networks' });
  return z.NEVER;
});

/** Where addresses of clients come from. */
export const edgeSettings = {
  TRUSTED_PROXIES: setting(
    {
      description:
        "Networks of the proxies and balancers that may state a client's address, separated by commas. `none`: the address of the connection is used.",
      must: '`none`, or IP addresses or CIDR networks separated by commas, none of them /0',
      example: '10.0.0.0/24,2001:db8:0:1::/64',
      default: 'none',
    },
    trustedProxies,
  ),
  PROXY_HEADER: choiceSetting(
    "Header in which TRUSTED_PROXIES state the client's address. `any`: whichever is present; if both are present and disagree, the proxy's own address is used.",
    ['any', 'x-forwarded-for', 'forwarded'],
    'any',
  ),
  PROXY_PROTOCOL: choiceSetting(
    'Whether connections from TRUSTED_PROXIES begin with a PROXY protocol header, version 1 or 2.',
    ['off', 'on'],
    'off',
  ),
};

/** The values of the settings that say where addresses of clients come from. */
export type EdgeConfig = ConfigOf<typeof edgeSettings>;

/** Headers of unnamed proxies are ignored, so without names the protocol would be off. */
export const proxyProtocolOfTrusted: ConfigRule<typeof edgeSettings> = ({
  PROXY_PROTOCOL: protocol,
  TRUSTED_PROXIES: trusted,
}) =>
  protocol === 'on' && trusted?.size === 0
    ? 'TRUSTED_PROXIES must name the proxies where PROXY_PROTOCOL is on, for example 10.0.0.0/24: ' +
      'a header of the PROXY protocol is taken from them alone.'
    : null;

/** Where AUTH is off only programs on this machine may call, and a PROXY header brings the others in without a header that tells. */
export const proxyProtocolWithAuth: ConfigRule<
  typeof edgeSettings & Pick<typeof authSettings, 'AUTH'>
> = ({ PROXY_PROTOCOL: protocol, AUTH: auth }) =>
  protocol === 'on' && auth === 'off'
    ? 'AUTH must be jwt where PROXY_PROTOCOL is on: a proxy brings callers from elsewhere, and with AUTH=off they may act as any viewer.'
    : null;
