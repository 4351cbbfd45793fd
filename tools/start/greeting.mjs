import { relative } from 'node:path';
import { addressesOf } from './apps.mjs';

/** What is said when all is ready. `startedMs` is when it began, on this process' own clock. */
export function greeting({ dataDir, verbose, regions }, startedMs) {
  const [region] = regions;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const logs = verbose ? 'here' : place(`${dataDir}/logs`);
  const data = region.redisUrl === undefined ? place(dataDir) : 'the Redis of REDIS_URL';
  return `
Headcount is ready after ${seconds} s.

${regions.length === 1 ? ofOneRegion(region) : ofManyRegions(regions)}
  Data in ${data}, logs in ${logs}

Ctrl-C stops everything.
`;
}

function ofOneRegion(region) {
  const { page, graphql, health } = addressesOf(region);
  const rows = (list) => list.map((row) => `    ${columns(row, [18])}`).join('\n');
  return `  Open in a browser, best in two at once
    ${page}
  GraphQL
${rows(graphql)}
  Health, with reasons; /metrics beside it
${rows(health)}`;
}

/** One table: a row for each address, the region's name in its first row. */
function ofManyRegions(regions) {
  const rows = regions.flatMap((region) => {
    const { page, graphql } = addressesOf(region);
    const addresses = [['page', page], ...graphql.map(([app, url]) => [`${app} GraphQL`, url])];
    return addresses.map((row, at) => [at === 0 ? region.name : '', ...row]);
  });
  return `  Open pages of two regions side by side
${rows.map((row) => `    ${columns(row, [10, 26])}`).join('\n')}
  Part them with "npm run regions -- cut", rejoin them with "npm run regions -- heal"`;
}

function columns(cells, widths) {
  return cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('');
}

function place(folder) {
  const fromHere = relative(process.cwd(), folder);
  return `${fromHere.startsWith('..') ? folder : fromHere}/`;
}
