/** Plain requests of attackers and honest callers, over connections that are kept. */
import { Agent, request } from 'node:http';

/** Attackers come from another loopback address than the honest, so that limits of an address can tell them apart. */
export const ATTACKER = '127.0.0.2';

/** A caller at one address. `sockets` bounds its connections. */
export class Caller {
  constructor({ localAddress, sockets = 64, token } = {}) {
    this.localAddress = localAddress;
    this.token = token;
    this.agent = new Agent({ keepAlive: true, maxSockets: sockets, localAddress });
  }

  /**
   * What became of a request: `200 ok`, or the status and the code of the refusal. `body` is text, bytes, or an object that
   * is sent as JSON. Never rejects: a connection that ends is an outcome, too.
   */
  async ask(method, url, body, headers = {}) {
    const { status, text } = await this.send(method, url, body, headers);
    return `${status} ${codeIn(text) ?? (status < 400 ? 'ok' : 'no code')}`;
  }

  /** Status and text of the answer; status 0 where there is none. */
  send(method, url, body, headers = {}) {
    const isObject = typeof body === 'object' && !Buffer.isBuffer(body);
    const bytes = isObject ? JSON.stringify(body) : body;
    const all = {
      ...(this.token && { authorization: `Bearer ${this.token}` }),
      ...(bytes !== undefined && { 'content-type': 'application/json' }),
      accept: 'application/json',
      ...headers,
    };
    return new Promise((resolve) => {
      const failed = (cause) => resolve({ status: 0, text: cause.code ?? String(cause) });
      const asked = request(url, { method, headers: all, agent: this.agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode, text }));
        response.on('error', failed);
      });
      asked.setTimeout(30_000, () => asked.destroy(new Error('no answer within 30 s')));
      asked.on('error', failed);
      asked.end(bytes);
    });
  }

  /** A GraphQL operation. */
  graphql(url, query, variables, operationName) {
    return this.ask('POST', `${url}/graphql`, { query, variables, operationName });
  }

  close() {
    this.agent.destroy();
  }
}

/** The code of a problem document, or of the first GraphQL error. */
function codeIn(text) {
  return /"code":"([A-Z_]+)"/.exec(text)?.[1];
}
