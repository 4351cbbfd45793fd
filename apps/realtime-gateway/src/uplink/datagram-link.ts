import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';

/** What happens at a link. */
export interface DatagramListener {
  /**
   * Something has arrived; nothing is known of it but that it comes from the address of the home.
   */
  received(bytes: Uint8Array): void;
  /** The network or the other machine says that nothing gets through. */
  failed(error: Error): void;
}

/**
 * A UDP socket to one address. Being connected it takes nothing from elsewhere, and learns from the
 * other machine that nobody listens there.
 */
export class DatagramLink {
  private socket: Socket | null = null;
  private generation = 0;

  constructor(private readonly listener: DatagramListener) {}

  /** Whether there is a socket to send through. */
  get open(): boolean {
    return this.socket !== null;
  }

  /** Leaves the old address, if any, for this one. A failure is told to the listener. */
  async connect(host: string, port: number): Promise<void> {
    this.close();
    const { generation } = this;
    try {
      const { address, family } = await lookup(host.replace(/^\[|\]$/g, ''));
      const socket = await connected(family === 6 ? 'udp6' : 'udp4', address, port);
      // Another address, or the end, may have come meanwhile.
      if (generation !== this.generation) return void socket.close();
      socket.on('message', (bytes) => this.listener.received(bytes));
      socket.on('error', (error) => this.listener.failed(error));
      this.socket = socket;
    } catch (cause) {
      if (generation !== this.generation) return;
      this.listener.failed(cause instanceof Error ? cause : new Error(String(cause)));
    }
  }

  /** Hands a datagram to the network, where there is a socket. */
  send(bytes: Uint8Array): void {
    this.socket?.send(bytes, (error) => {
      if (error) this.listener.failed(error);
    });
  }

  close(): void {
    this.generation += 1;
    this.socket?.close();
    this.socket = null;
  }
}

function connected(type: 'udp4' | 'udp6', address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(type);
    socket.once('error', reject);
    socket.connect(port, address, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
