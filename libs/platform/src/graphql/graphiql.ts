/**
 * GraphiQL, the page to try GraphQL on, on a developer's machine. Its parts come from packages that are installed here: the page
 * asks no other host for anything, and its policy would not let it.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ApolloServerPlugin } from '@apollo/server';
import type { NestFastify } from '../http/fastify-adapter.js';

/** Below the path of GraphQL, so that it is no path of anything else. */
const ASSETS_PATH = '/graphql/graphiql';

const SCRIPT_TYPE = 'text/javascript; charset=utf-8';
const STYLE_TYPE = 'text/css; charset=utf-8';

/** Files of packages for development, which an installation with `--omit=dev` does not have. */
const ASSETS = [
  { name: 'react.js', of: 'react', file: 'umd/react.production.min.js', type: SCRIPT_TYPE },
  {
    name: 'react-dom.js',
    of: 'react-dom',
    file: 'umd/react-dom.production.min.js',
    type: SCRIPT_TYPE,
  },
  { name: 'graphiql.js', of: 'graphiql', file: 'graphiql.min.js', type: SCRIPT_TYPE },
  { name: 'graphiql.css', of: 'graphiql', file: 'graphiql.min.css', type: STYLE_TYPE },
] as const;

/** Its editor and its menus write styles into the page; its fonts and cursors are inside its style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const START = `const url = new URL('/graphql', location.href);
const socket = new URL(url);
socket.protocol = url.protocol.replace('http', 'ws');
const fetcher = GraphiQL.createFetcher({ url: url.href, subscriptionUrl: socket.href });
const page = React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: true });
ReactDOM.createRoot(document.getElementById('graphiql')).render(page);
`;

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="content-security-policy" content="${POLICY}" />
    <title>GraphiQL</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${ASSETS_PATH}/graphiql.css" />
    <style>body { margin: 0; } #graphiql { height: 100vh; }</style>
  </head>
  <body>
    <div id="graphiql">Loading …</div>
    <script src="${ASSETS_PATH}/react.js"></script>
    <script src="${ASSETS_PATH}/react-dom.js"></script>
    <script src="${ASSETS_PATH}/graphiql.js"></script>
    <script src="${ASSETS_PATH}/start.js"></script>
  </body>
</html>
`;

const NOT_INSTALLED = `<!doctype html>
<title>GraphQL</title>
<p>GraphiQL is not installed here: it is among the packages that "npm ci --omit=dev" leaves out.</p>
`;

/** Answers browsers that open the path of GraphQL with the page. `find` tells where a package lies; throws if nowhere. */
export function graphiqlPage(find: (of: string) => string = folderOf): ApolloServerPlugin {
  return {
    serverWillStart: async () => ({
      renderLandingPage: async () => ({ html: isInstalled(find) ? PAGE : NOT_INSTALLED }),
    }),
  };
}

/** Serves the files that the page loads. */
export function serveGraphiql(fastify: NestFastify): void {
  fastify.get(`${ASSETS_PATH}/start.js`, (_request, reply) =>
    reply.header('content-type', SCRIPT_TYPE).send(START),
  );
  if (!isInstalled(folderOf)) return;
  for (const { name, of, file, type } of ASSETS) {
    fastify.get(`${ASSETS_PATH}/${name}`, async (_request, reply) => {
      void reply.headers({ 'content-type': type, 'cache-control': 'public, max-age=300' });
      return readFile(join(folderOf(of), file));
    });
  }
}

function isInstalled(find: (of: string) => string): boolean {
  try {
    for (const { of } of ASSETS) find(of);
    return true;
  } catch {
    return false;
  }
}

function folderOf(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}
