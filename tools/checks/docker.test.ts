/** What docker/ says fits what the apps are. */
import { filesLike, hasFile } from './workspace-files.js';

const textOf = (path: string): string => {
  const [file] = filesLike(new RegExp(`^${path.replaceAll('.', '\\.')}$`));
  return file?.text ?? '';
};
const dockerfile = textOf('docker/Dockerfile');
const namesIn = (text: string, pattern: RegExp): string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

interface Blocks {
  /** What `&name` stands for. */
  readonly anchors: ReadonlyMap<string, string>;
  readonly services: readonly string[];
}

/** The parts of a compose file that describe containers, as their texts. */
function blocksOf(compose: string): Blocks {
  const [shared = '', ...rest] = compose.split(/^services:$/m);
  const anchors = new Map(
    shared.split(/^(?=x-)/m).map((text) => [/ &(\S+)$/m.exec(text)?.[1] ?? '', text]),
  );
  const [services = ''] = rest.join('').split(/^(?=\S)/m);
  return {
    anchors,
    services: services.split(/^ {2}(?=[a-z0-9-]+:$)/m).filter((text) => text.trim()),
  };
}

/** The text of a block, with those that it takes over. */
function resolved(text: string, anchors: Blocks['anchors']): string {
  // Those of `environment` stand deeper and describe no container.
  const names = namesIn(text, /^ {2,4}<<: \*(\S+)$/gm);
  return [text, ...names.map((name) => resolved(anchors.get(name) ?? '', anchors))].join('\n');
}

describe.each(['docker/compose.yml', 'docker/compose.regions.yml'])('%s', (path) => {
  const compose = textOf(path);

  it('takes only variables that .env.example explains', () => {
    const explained = namesIn(textOf('docker/.env.example'), /^#?([A-Z_]+)=/gm);
    expect(explained).toEqual(expect.arrayContaining(namesIn(compose, /\$\{([A-Z_]+)/g)));
  });

  it('gives the apps only settings that they have', () => {
    const settings = filesLike(/settings\.ts$/).map(({ text }) => text);
    const given = namesIn(compose, /^ +([A-Z][A-Z_]+): /gm);
    expect(given).toContain('REDIS_URL');
    const known = given.filter((name) => settings.some((text) => text.includes(`  ${name}: `)));
    expect(known).toEqual(given);
  });

  it('confines every container: no rights, no writing but to volumes, memory and processes bounded', () => {
    const blocks = blocksOf(compose);
    expect(blocks.services.length).toBeGreaterThan(4);
    for (const service of blocks.services) {
      const whole = resolved(service, blocks.anchors);
      for (const line of [
        /^ +read_only: true$/m,
        /^ +cap_drop: \[ALL\]$/m,
        /^ +security_opt: \['no-new-privileges:true'\]$/m,
        /^ +mem_limit: \S+$/m,
        /^ +pids_limit: \d+$/m,
      ])
        expect(whole).toMatch(line);
      // Images of ours say in the Dockerfile whom they run as.
      if (!/^ +build: /m.test(whole)) expect(whole).toMatch(/^ +user: (?!root)\S+$/m);
    }
  });

  it('takes images of others by a minor version at least', () => {
    const images = namesIn(compose, /^ +image: (?!headcount)(\S+)$/gm);
    expect(images).toHaveLength(2);
    for (const image of images) expect(image).toMatch(/^[a-z]+:\d+\.\d+/);
  });

  it('has no default for a secret, so that nothing starts without one', () => {
    for (const secret of ['SIGNING_KEYS', 'AUTH_JWT_SECRET']) {
      expect(compose).toContain(`${secret}: \${${secret}:?`);
      expect(textOf('docker/.env.example')).toMatch(new RegExp(`^${secret}=$`, 'm'));
    }
  });
});

describe('docker/compose.regions.yml', () => {
  const services = textOf('docker/compose.regions.yml')
    .split(/^ {2}(?=[a-z0-9-]+:$)/m)
    .map((text) => ({ name: text.slice(0, text.indexOf(':')), text }));
  const valueIn = (text: string, setting: string): string | undefined =>
    new RegExp(`^ +${setting}: (.+)$`, 'm').exec(text)?.[1];
  const counterApis = services.filter(({ text }) => text.includes('<<: *counter-api\n'));

  it('gives every region a name of its own, and the addresses of all others under their names', () => {
    const regions = counterApis.map(({ name, text }) => ({
      region: valueIn(text, 'REGION'),
      address: `http://${name}:4100`,
      peers: valueIn(text, 'PEERS')?.split(','),
    }));
    expect(new Set(regions.map(({ region }) => region)).size).toBe(2);
    for (const { region, peers } of regions) {
      const others = regions.filter((other) => other.region !== region);
      expect(peers).toEqual(others.map((other) => `${other.region}=${other.address}`));
    }
  });

  it('has each app in each region, by the plain name that nginx and the other apps call it by', () => {
    const apps = namesIn(textOf('docker/nginx.conf'), /^ +server ([a-z-]+):\d+;/gm);
    expect(apps).toHaveLength(3);
    for (const app of [...apps, 'redis']) {
      const called = services.filter(({ text }) => text.includes(`{ aliases: [${app}] }`));
      expect(called.map(({ name }) => name)).toEqual([`${app}-1`, `${app}-2`]);
    }
  });
});

describe('docker/Dockerfile', () => {
  const targets = dockerfile.split(/^FROM app AS /m).slice(1);

  it('has a target for each app, with a check of its health', () => {
    const apps = filesLike(/^apps\/[^/]+\/src\/main\.ts$/).map(({ path }) => path.split('/')[1]);
    expect(targets.map((target) => target.split('\n')[0]).sort()).toEqual(apps.sort());
    for (const target of targets) {
      const main = /"dist\/(apps\/[^"]+)\.js"/.exec(target)?.[1];
      expect(hasFile(`${main}.ts`)).toBe(true);
      expect(target).toMatch(/^HEALTHCHECK .*[^]*\/health\/live/m);
    }
  });

  it('runs the apps as another user than root, after all files are in place', () => {
    const app = /^FROM .* AS app$([^]*?)^FROM /m.exec(dockerfile)?.[1] ?? '';
    expect(app.indexOf('USER node')).toBeGreaterThan(app.lastIndexOf('COPY'));
  });
});

describe('docker/grafana/headcount.json', () => {
  it('asks for metrics that there are', () => {
    const asked = namesIn(textOf('docker/grafana/headcount.json'), /headcount_([a-z_]+)/g);
    expect(asked.length).toBeGreaterThan(10);
    const metrics = filesLike(/metrics?\.ts$|\.module\.ts$/).map(({ text }) => text);
    const known = asked.filter((name) => metrics.some((text) => text.includes(`'${name}'`)));
    expect(known).toEqual(asked);
  });
});
