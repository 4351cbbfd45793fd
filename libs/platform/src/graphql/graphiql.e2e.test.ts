/**
 * Goal    GraphiQL works on a developer's machine and asks no other host for anything; elsewhere there is none.
 * Method  a small app on a real port; its page is read, and opened in Chromium.
 */
import { Module } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { chromium } from 'playwright-core';
import { CHROMIUM_ARGS, chromiumPath, TEST_SIGNING_KEYS } from '@headcount/testing';
import { runApp, type RunningApp } from '../bootstrap/run-app.js';
import { portSetting } from '../config/kinds.js';
import { graphqlSettings } from '../config/limit-settings.js';
import { loadConfig } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { graphiqlPage } from './graphiql.js';
import { graphqlOptions } from './graphql-options.js';

const settings = { ...commonSettings, TEST_PORT: portSetting('Where the test listens.', 0) };
const config = loadConfig(settings, { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS });
const limits = loadConfig(graphqlSettings, {});

@Resolver()
class PageResolver {
  @Query(() => String)
  greeting(): string {
    return 'hello';
  }
}

@Module({
  imports: [GraphQLModule.forRoot(graphqlOptions({ HOST: '127.0.0.1', ...limits }))],
  providers: [PageResolver],
})
class TestModule {}

describe('GraphiQL', () => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await runApp({ name: 'test', module: TestModule, config, portSetting: 'TEST_PORT' });
  });

  afterAll(() => app.close());

  it('loads what it needs from the app alone', async () => {
    const answer = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    const page = await answer.text();
    expect(page).not.toMatch(/https?:\/\//);
    const policy = /content-security-policy" content="([^"]*)"/.exec(page)?.[1];
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    const assets = [...page.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path = '']) => path);
    expect(assets).toHaveLength(5);
    for (const path of assets) {
      const asset = await fetch(`${app.url}${path}`);
      await asset.arrayBuffer();
      const { status, headers } = asset;
      const type = path.endsWith('.css') ? 'text/css' : 'text/javascript';
      expect([path, status, headers.get('content-type')]).toEqual([
        path,
        200,
        `${type}; charset=utf-8`,
      ]);
    }
  });

  it('shows an editor in a browser, which runs a query and meets no other host', async () => {
    const args = [...CHROMIUM_ARGS];
    const browser = await chromium.launch({ executablePath: chromiumPath(), args });
    try {
      const page = await browser.newPage();
      const others: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol !== 'data:' && origin !== app.url) others.push(request.url());
      });
      page.on('console', (line) => {
        if (line.type() === 'error') complaints.push(line.text());
      });
      page.on('pageerror', ({ message }) => complaints.push(message));
      await page.goto(`${app.url}/graphql`);
      await page.click('.graphiql-query-editor .CodeMirror');
      await page.keyboard.press('Control+A');
      await page.keyboard.type('{ greeting');
      await page.click('.graphiql-execute-button');
      await page.waitForSelector('.result-window >> text=hello');
      expect({ others, complaints }).toEqual({ others: [], complaints: [] });
    } finally {
      await browser.close();
    }
  }, 60_000);

  it('says so where it is not installed', async () => {
    const started = await graphiqlPage(() => {
      throw new Error('Cannot find module');
    }).serverWillStart?.({} as never);
    const page = await started?.renderLandingPage?.();
    expect(page?.html).toContain('GraphiQL is not installed here');
  });
});
