import { EventEmitter } from 'node:events';
import { keepSubscribed, type Subscriber } from './keep-subscribed.js';

/** A connection that notes what it is told, and can be away. */
class FakeConnection extends EventEmitter implements Subscriber {
  readonly told: string[] = [];
  isAway = false;
  subscribe = (...names: string[]): Promise<unknown> => this.take('subscribe', names);
  unsubscribe = (...names: string[]): Promise<unknown> => this.take('unsubscribe', names);
  psubscribe = (...names: string[]): Promise<unknown> => this.take('psubscribe', names);

  private take(command: string, names: readonly string[]): Promise<unknown> {
    this.told.push(`${command} ${names.join()}`);
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(names.length);
  }
}

function bench(): FakeConnection {
  const connection = new FakeConnection();
  keepSubscribed(connection);
  return connection;
}

/** What it is told when it is there again. */
function back(connection: FakeConnection): readonly string[] {
  connection.told.length = 0;
  connection.emit('ready');
  return [...connection.told];
}

describe('subscriptions', () => {
  it('are made again on each new connection, those that were not left', async () => {
    const connection = bench();
    expect(back(connection)).toEqual([]);
    await connection.subscribe('a');
    await connection.subscribe('b', 'c');
    await connection.psubscribe('p*');
    await connection.unsubscribe('b');
    expect(back(connection)).toEqual(['subscribe a,c', 'psubscribe p*']);
  });

  it('are kept where a new connection falls at once, and where one was asked for while there was none', async () => {
    const connection = bench();
    await connection.subscribe('a');
    connection.isAway = true;
    await expect(connection.subscribe('b')).rejects.toThrow('away');
    expect(back(connection)).toEqual(['subscribe a,b']);
    await new Promise((turnEnds) => setImmediate(turnEnds));
    connection.isAway = false;
    expect(back(connection)).toEqual(['subscribe a,b']);
  });
});
