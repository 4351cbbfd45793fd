import { createServer, type IncomingMessage, type Server } from 'node:http';
import { HeadcountError } from '@headcount/protocol';
import { Connections } from '../bootstrap/connections.js';
import type { RequestTimes } from '../config/limit-settings.js';
import { INTERNAL_PREFIX } from './body-parser.js';
import { answerClientError } from './client-error.js';
import { serverTimes, type NestFastify } from './fastify-adapter.js';
import { pathOf } from './path-of.js';
import { followHttp } from './http-server.js';
import { answerRaw } from './refusal.js';

/** Pages for operators. They tell of the deployment, so strangers do not get them. */
const OPERATOR_PATHS = ['/metrics'];

/** Pages of both ports; only the internal one gives reasons. */
const SHARED_PATHS = ['/health/live', '/health/ready'];

const insiders = new WeakSet<IncomingMessage>();

/** Whether a request came in by the internal port. */
export const isInternal = (request: IncomingMessage): boolean => insiders.has(request);

/** Whether a route is there on the internal port alone. */
export const isInternalRoute = (url: string): boolean =>
  url.startsWith(INTERNAL_PREFIX) || OPERATOR_PATHS.includes(url);

/** Whether a route is for the deployment and those who watch over it, on either port. */
export const isRouteOfDeployment = (url: string): boolean =>
  isInternalRoute(url) || SHARED_PATHS.includes(url);

/**
 * The second port of an app: what apps say to each other, and what operators ask. It serves those
 * routes of the app's Fastify and no other; on the public port they are not there, so that what
 * strangers send to them is not even read. Must be made before any route is added.
 */
export class InternalServer {
  private readonly server: Server;
  private readonly connections: Connections;
  private readonly paths = new Set(SHARED_PATHS);

  constructor(fastify: NestFastify, times: RequestTimes) {
    this.server = createServer(serverTimes(times), (request, response) => {
      if (!this.paths.has(pathOf({ raw: request })))
        return answerRaw(response, 'NOT_FOUND', 'This is an internal port; see the public one.');
      insiders.add(request);
      fastify.routing(request, response);
    });
    followHttp(this.server);
    this.server.on('clientError', answerClientError);
    this.connections = new Connections(this.server);
    fastify.addHook('onRoute', (route) => {
      if (!isInternalRoute(route.url)) return;
      this.paths.add(route.url);
      route.onRequest = (request, _reply, done) =>
        done(isInternal(request.raw) ? undefined : new HeadcountError('NOT_FOUND'));
    });
    // Requests under way are waited for before the parts of the app that they use are stopped.
    fastify.addHook('onClose', () => this.close());
  }

  /** Rejects with the error of the system, as when the port is taken. Resolves with the port. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Ends what is still under way. */
  abort(): void {
    this.connections.cut();
  }

  private async close(): Promise<void> {
    if (!this.server.listening) return;
    this.connections.endAll();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
