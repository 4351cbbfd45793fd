/** Kept connections to one server on bare sockets (why: http-load.mjs), each with one request at a time. */
import { connect } from 'node:net';
import { bodyOf } from '../http/raw-http.mjs';

export class HttpPool {
  #port;
  #connectionsMax;
  #open = 0;
  #idle = [];
  #waiting = [];

  constructor(port, connectionsMax) {
    this.#port = port;
    this.#connectionsMax = connectionsMax;
  }

  /** Whether a request would go out at once. */
  get isFree() {
    return this.#idle.length > 0 || this.#open < this.#connectionsMax;
  }

  /** Sends a request and resolves with the answer's body. */
  ask(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes, resolve, reject });
      if (this.#idle.length > 0) this.#next(this.#idle.pop());
      else if (this.#open < this.#connectionsMax) this.#connect();
    });
  }

  /** Closes the connections, none of which may be in use. A server may end one that was idle for long, so none is kept. */
  close() {
    for (const { socket } of this.#idle.splice(0)) socket.destroy();
    this.#open = 0;
  }

  #connect() {
    this.#open += 1;
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    const connection = { socket, asked: undefined, received: '' };
    socket.setEncoding('latin1');
    socket.on('connect', () => this.#next(connection));
    socket.on('data', (text) => this.#take(connection, text));
    socket.on('error', (error) => connection.asked?.reject(error));
  }

  #next(connection) {
    connection.asked = this.#waiting.shift();
    if (connection.asked === undefined) this.#idle.push(connection);
    else connection.socket.write(connection.asked.bytes);
  }

  #take(connection, text) {
    connection.received += text;
    const { resolve, reject } = connection.asked;
    try {
      const body = bodyOf(connection.received);
      if (body === undefined) return;
      connection.received = '';
      resolve(body);
      this.#next(connection);
    } catch (error) {
      reject(error);
    }
  }
}
