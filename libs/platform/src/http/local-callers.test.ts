import { isLoopbackName } from '../config/loopback.js';
import { strangerIn } from './local-callers.js';

const host = '127.0.0.1:4000';

describe('a caller where AUTH is off', () => {
  it.each([
    'localhost',
    'LOCALHOST:4000',
    'localhost.',
    'app.localhost:4000',
    '127.0.0.1',
    '127.9.9.9:1',
    '[::1]',
    '[::1]:4000',
  ])('may say that it calls %s', (name) => {
    expect(isLoopbackName(name)).toBe(true);
    expect(strangerIn({ host: name })).toBeNull();
  });

  it.each([
    'evil.example',
    'evil.example:4000',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '[::2]',
    '[::1',
    '[::1].evil.example',
    '',
  ])('is a stranger if it says that it calls %j', (name) => {
    expect(isLoopbackName(name)).toBe(false);
    expect(strangerIn({ host: name })).toContain('set AUTH=jwt');
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'cf-ray'])(
    'is a stranger if it brings the header %s, even an empty one',
    (name) => {
      for (const value of ['for=127.0.0.1', ''])
        expect(strangerIn({ host, [name]: value })).toContain(`its header ${name} says`);
    },
  );

  it('needs no host, as HTTP/1.0 has none', () => {
    expect(strangerIn({})).toBeNull();
  });
});
