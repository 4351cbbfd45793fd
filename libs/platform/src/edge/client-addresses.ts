import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { NestFastify } from '../http/fastify-adapter.js';
import { clientAddress } from './client-address.js';
import type { EdgeConfig } from './edge-settings.js';

/** A request, as far as it has an address. */
export interface Addressed {
  readonly headers: IncomingHttpHeaders;
  readonly socket: Pick<Socket, 'remoteAddress'>;
}

type Rules = Pick<EdgeConfig, 'PROXY_HEADER' | 'TRUSTED_PROXIES'>;

/** The addresses of clients, by the settings of the app: the one place that says where a request, an upgrade or a stream comes from. */
export class ClientAddresses {
  /** Addresses that proxies named at the beginning of connections. */
  private readonly sources = new WeakMap<Addressed['socket'], string>();

  /** What has been found out, by the headers: several limits ask for the same request. */
  private readonly known = new WeakMap<IncomingHttpHeaders, string>();

  constructor(private readonly rules: Rules) {}

  /** Notes that a connection carries those of another address, as a PROXY header says. */
  carries(socket: Addressed['socket'], source: string): void {
    this.sources.set(socket, source);
  }

  /** The address of the client; empty for a connection that has gone. Limits know it by its `addressKey`. */
  of({ socket, headers }: Addressed): string {
    const peer = this.sources.get(socket) ?? socket.remoteAddress ?? '';
    const { PROXY_HEADER: header, TRUSTED_PROXIES: trusted } = this.rules;
    if (trusted.size === 0) return clientAddress(peer, {}, { trusts: trusted.trusts, header });
    let address = this.known.get(headers);
    if (address === undefined) {
      address = clientAddress(peer, headers, { trusts: trusted.trusts, header });
      this.known.set(headers, address);
    }
    return address;
  }
}

/** Makes `request.ip` of Fastify the address of the client. Before any route is added. */
export function nameClients(fastify: NestFastify, addresses: ClientAddresses): void {
  fastify.decorateRequest('ip', {
    getter() {
      return addresses.of(this.raw);
    },
  });
}
