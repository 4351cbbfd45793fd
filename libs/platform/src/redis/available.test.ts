import { Logger } from '@nestjs/common';
import { available } from './available.js';

describe('available', () => {
  const logged: unknown[] = [];
  beforeAll(() => {
    const silent = { log: () => undefined, warn: () => undefined };
    Logger.overrideLogger({ ...silent, error: (cause: unknown) => void logged.push(cause) });
  });
  afterAll(() => Logger.overrideLogger(false));
  beforeEach(() => (logged.length = 0));

  const refused = { code: 'STORE_UNAVAILABLE' };

  it('gives what was answered', async () => {
    await expect(available(Promise.resolve(3))).resolves.toBe(3);
  });

  it('says that the store is away, and no more, where it is', async () => {
    const away = Promise.reject(new Error('Connection is closed.'));
    await expect(available(away)).rejects.toMatchObject(refused);
    expect(logged).toEqual([]);
  });

  it('logs a mistake of a script, which would never be found else', async () => {
    const mistake = new Error('ERR user_script:640: too many results to unpack');
    await expect(available(Promise.reject(mistake))).rejects.toMatchObject(refused);
    expect(logged).toEqual([mistake]);
  });
});
