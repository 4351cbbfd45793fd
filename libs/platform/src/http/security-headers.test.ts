import helmet from '@fastify/helmet';
import Fastify from 'fastify';
import { PAGE_HEADERS, secureAnswers } from './security-headers.js';

type Headers = Readonly<Record<string, unknown>>;

async function headersOf(prepare: (fastify: never) => unknown): Promise<Headers> {
  const fastify = Fastify();
  await prepare(fastify as never);
  fastify.get('/', () => '');
  const { headers } = await fastify.inject('/');
  await fastify.close();
  return headers;
}

describe('the headers of answers', () => {
  it.each([
    ['where others can reach it', false],
    ['on a developer’s machine', true],
  ])('are those of helmet with those of pages, %s', async (_, development) => {
    const theirs = await headersOf((fastify) =>
      (fastify as typeof Fastify.prototype).register(helmet),
    );
    const ours = await headersOf((fastify) => secureAnswers(fastify, development));
    // Whoever ends TLS says that; and the pages of a developer load their parts.
    const left = ['strict-transport-security', ...(development ? ['content-security-policy'] : [])];
    const wanted = Object.keys(theirs).filter((name) => !left.includes(name));
    expect(wanted.filter((name) => !(name in ours) && !(name in PAGE_HEADERS))).toEqual([]);
  });

  it('let nothing be loaded or framed', async () => {
    expect(await headersOf((fastify) => secureAnswers(fastify, false))).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
  });
});
