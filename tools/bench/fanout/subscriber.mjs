import { connect } from 'node:net';
import { OPCODE, clientFrame, readFrames, upgradeBytes } from './web-socket.mjs';

/** All sockets of a process read into the same bytes: what is received is looked at before the next one reads. */
const READ = Buffer.allocUnsafeSlow(262_144);
/** Engine.IO asks by messages, not by frames, whether a client is still there. */
const ENGINE_PING = '2'.charCodeAt(0);
const ENGINE_PONG = Buffer.from('3');

/**
 * One socket, written by hand: a client library would cost more than the server that is measured. Calls
 * `onMessage(bytes, end)` with each message after its last step has been sent; the bytes are lent for the call.
 */
export class Subscriber {
  #socket;
  #steps;
  #onMessage;
  #rest = null;
  #isUpgraded = false;

  constructor({ port, path, subprotocol, steps, onMessage, onFault }) {
    this.#steps = steps;
    this.#onMessage = onMessage;
    const onread = { buffer: READ, callback: (length) => this.#read(length, onFault) };
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true, onread }, () =>
      this.#socket.write(upgradeBytes({ port, path, subprotocol })),
    );
    this.#socket.on('error', onFault);
    this.#socket.on('end', () => onFault(new Error('A server closed the socket of a subscriber')));
  }

  close() {
    this.#socket.removeAllListeners('end');
    this.#socket.destroy();
  }

  #read(length, onFault) {
    try {
      if (this.#rest === null) this.#take(READ, length);
      else {
        const bytes = Buffer.concat([this.#rest, READ.subarray(0, length)]);
        this.#take(bytes, bytes.length);
      }
    } catch (error) {
      onFault(error);
    }
    return true;
  }

  #take(bytes, length) {
    const from = this.#isUpgraded ? 0 : this.#upgrade(bytes, length);
    const frames = from === 0 ? bytes : bytes.subarray(from, length);
    const size = length - from;
    const read = this.#isUpgraded ? this.#readFrames(frames, size) : 0;
    this.#rest = read < size ? Buffer.from(frames.subarray(read, size)) : null;
  }

  /** How many bytes the answer to the upgrade takes, 0 while it is not whole. */
  #upgrade(bytes, length) {
    const answer = bytes.latin1Slice(0, length);
    const end = answer.indexOf('\r\n\r\n');
    if (end < 0) return 0;
    if (!answer.startsWith('HTTP/1.1 101 ')) throw new Error(`An upgrade was answered ${answer}`);
    this.#isUpgraded = true;
    if (this.#steps[0].after === undefined) this.#goOn();
    return end + 4;
  }

  #readFrames(bytes, length) {
    return readFrames(bytes, length, (opcode, start, end) => {
      if (opcode === OPCODE.text) this.#takeText(bytes, start, end);
      else if (opcode === OPCODE.ping) this.#send(OPCODE.pong, bytes.subarray(start, end));
      else throw new Error(`A server sent ${opcode}: ${bytes.latin1Slice(start, end)}`);
    });
  }

  #takeText(bytes, start, end) {
    if (end - start === 1 && bytes[start] === ENGINE_PING) {
      this.#send(OPCODE.text, ENGINE_PONG);
    } else if (this.#steps.length === 0) {
      this.#onMessage(bytes, end);
    } else if (bytes.latin1Slice(start, end).includes(this.#steps[0].after)) {
      this.#goOn();
    }
  }

  #goOn() {
    for (const message of this.#steps.shift().send) {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      this.#send(OPCODE.text, Buffer.from(text));
    }
  }

  #send(opcode, payload) {
    this.#socket.write(clientFrame(opcode, payload));
  }
}
