import { execFile } from 'node:child_process';
import { join } from 'node:path';

/**
 * Runs a program of ES modules, as a plain Node does, and gives what it logs. At hand: `links` between three regions whose
 * counter-api is an echo, and `through(from, to)`, which resolves with what became of a connection of that way.
 */
async function run(program: string): Promise<string[]> {
  const prelude = `
    import { once } from 'node:events';
    import { connect, createServer } from 'node:net';
    import { Links } from ${JSON.stringify(join(__dirname, 'links.mjs'))};
    const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address();
    const names = ['a', 'b', 'c'];
    const links = await Links.between(names.map((name) => ({ name, host: '127.0.0.1', port })));
    const way = (from, to) =>
      Number(links.peersOf(from).split(',').find((peer) => peer.startsWith(to + '=')).split(':').at(-1));
    const open = (from, to) => {
      const socket = connect(way(from, to), '127.0.0.1').setEncoding('utf8');
      const passes = new Promise((resolve) => socket.once('data', () => resolve('passes')));
      const ends = new Promise((resolve) => socket.on('error', () => undefined).once('close', () => resolve('cut')));
      socket.write('?');
      return { passes, ends, now: Promise.race([passes, ends]), close: () => socket.destroy() };
    };
    const through = async (from, to) => {
      const { now, close } = open(from, to);
      const end = await now;
      close();
      return end;
    };
  `;
  const args = [
    '--input-type=module',
    '-e',
    `${prelude}${program}\nlinks.close(); echo.close(); process.exit();`,
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trimEnd().split('\n')),
    );
  });
}

describe('Links', () => {
  it('give each region a way of its own to each other one', async () => {
    const lines = await run(`
      console.log(links.peersOf('a').replaceAll(/\\d{4,5}/g, 'PORT'));
      console.log(new Set(names.map((name) => links.peersOf(name))).size);
      console.log(await through('a', 'b'), await through('b', 'a'), await through('c', 'a'));
    `);
    expect(lines).toEqual([
      'b=http://127.0.0.1:PORT,c=http://127.0.0.1:PORT',
      '3',
      'passes passes passes',
    ]);
  });

  it('cut what is open and what comes, both ways between two regions and no other, until healed', async () => {
    const lines = await run(`
      const before = open('b', 'a');
      await before.passes;
      console.log(links.order('cut', ['a', 'b']).join(' '));
      console.log(await before.ends, await through('a', 'b'), await through('b', 'a'), await through('a', 'c'));
      console.log(links.order('heal', []).join(' '));
      console.log(await through('a', 'b'), await through('b', 'a'));
    `);
    expect(lines).toEqual([
      'a and b are cut.',
      'cut cut cut passes',
      'a and b are joined. a and c are joined. b and c are joined.',
      'passes passes',
    ]);
  });

  it('cut one region from all others, or all from each other', async () => {
    const lines = await run(`
      links.order('cut', ['c']);
      console.log(links.order('status', []).join(' '));
      links.order('cut', []);
      console.log(links.order('status', ['a']).join(' '));
    `);
    expect(lines).toEqual([
      'a and b are joined. a and c are cut. b and c are cut.',
      'a and b are cut. a and c are cut.',
    ]);
  });

  it('refuse in a sentence what makes no sense', async () => {
    const lines = await run(`
      const single = await Links.between([{ name: undefined, host: '127.0.0.1', port }]);
      const say = (of, verb, ...names) => {
        try { of.order(verb, names); } catch (error) { console.log(error.message); }
      };
      say(links, 'cut', 'd');
      say(links, 'cut', 'a', 'b', 'c');
      say(links, 'heal', 'a', 'a');
      say(links, 'mend');
      say(single, 'cut');
    `);
    expect(lines).toEqual([
      'There is no region d; there are a, b, c.',
      'Name no region, one, or two different ones.',
      'Name no region, one, or two different ones.',
      'Say cut, heal or status, and after it no region, one or two.',
      'Headcount runs with one region, so there is nothing to cut; "npm start -- --regions 2" starts two.',
    ]);
  });
});
