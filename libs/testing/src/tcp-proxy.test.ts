import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy.js';
import { until } from './until.js';

describe('TcpProxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const clients: Socket[] = [];

  /** A connection through the proxy, and all that has come back on it. */
  const open = async (): Promise<{
    socket: Socket;
    received: () => string;
    closed: () => boolean;
  }> => {
    const socket = connect(proxy.port, '127.0.0.1').setEncoding('utf8');
    clients.push(socket);
    let received = '';
    let closed = false;
    socket.on('data', (text: string) => (received += text));
    socket.on('error', () => undefined);
    socket.on('close', () => (closed = true));
    await once(socket, 'connect');
    return { socket, received: () => received, closed: () => closed };
  };

  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await TcpProxy.to((echo.address() as AddressInfo).port);
  });

  afterEach(async () => {
    clients.splice(0).forEach((client) => client.destroy());
    await proxy.close();
    echo.close();
  });

  it('passes bytes both ways and the end of a connection', async () => {
    const { socket, received, closed } = await open();
    socket.write('hello');
    await until(() => received() === 'hello');
    expect(proxy.connections).toBe(1);
    socket.end();
    await until(() => closed() && proxy.connections === 0);
  });

  it('passes a megabyte unharmed to a reader who is slow', async () => {
    const { socket, received } = await open();
    socket.pause();
    const text = 'x'.repeat(2 ** 20);
    socket.write(text);
    setTimeout(() => socket.resume(), 50);
    await until(() => received().length === text.length);
  });

  it('falls silent without telling anybody, and passes what was held when it resumes', async () => {
    const { socket, received, closed } = await open();
    proxy.silence();
    socket.write('into the dark');
    const late = await open();
    late.socket.write('also');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([received(), late.received(), closed()]).toEqual(['', '', false]);
    proxy.resume();
    await until(() => received() === 'into the dark' && late.received() === 'also');
  });

  it('cuts what is open and takes new connections', async () => {
    const { closed } = await open();
    proxy.cut();
    await until(closed);
    const next = await open();
    next.socket.write('again');
    await until(() => next.received() === 'again');
  });

  it('refuses what is open and what comes, until it is resumed', async () => {
    const { closed } = await open();
    proxy.refuse();
    await until(closed);
    const refused = connect(proxy.port, '127.0.0.1').on('error', () => undefined);
    await new Promise((resolve) => refused.once('close', resolve));
    proxy.resume();
    const next = await open();
    next.socket.write('again');
    await until(() => next.received() === 'again');
  });

  it('holds everything back by a delay, in order', async () => {
    proxy.delayMs = 60;
    const { socket, received } = await open();
    const sentMs = performance.now();
    socket.write('one ');
    socket.write('two');
    await until(() => received() === 'one two');
    // Once on the way there, once on the way back.
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(115);
  });

  it('cuts a connection in the middle of a reply', async () => {
    const { socket, received, closed } = await open();
    proxy.cutReplyAfter(3);
    socket.write('12345');
    await until(closed);
    expect(received()).toBe('123');
    expect(proxy.repliesCut).toBe(1);
    const next = await open();
    next.socket.write('whole again');
    await until(() => next.received() === 'whole again');
  });
});
