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

  constructor(private readonly rules: Rules) {}

  /** Notes that a connection carries those of another address, as a PROXY header says. */
  carries(socket: Addressed['socket'], source: string): void {
    this.sources.set(socket, source);
  }

  /** The address of the client; empty for a connection that has gone. Limits know it by its `addressKey`. */
  of({ socket, headers }: Addressed): string {
    const peer = this.sources.get(socket) ?? socket.remoteAddress ?? '';
    const {
      PROXY_HEADER: header,
      TRUSTED_PROXIES: { trusts },
    } = this.rules;
    return clientAddress(peer, headers, { trusts, header });
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
