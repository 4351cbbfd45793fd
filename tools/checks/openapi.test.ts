/** The OpenAPI documents are what linters of OpenAPI take for good ones. */
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { filesLike } from './workspace-files.js';

const documents = filesLike(/^apps\/[^/]+\/openapi\.json$/);

describe('the OpenAPI documents', () => {
  it('are those of counter-api and notification', () => {
    expect(documents.map(({ path }) => path)).toEqual([
      'apps/counter-api/openapi.json',
      'apps/notification/openapi.json',
    ]);
  });

  it.each(documents)('$path breaks no rule of Spectral', async ({ text }) => {
    const spectral = new Spectral();
    spectral.setRuleset({ extends: [oas as RulesetDefinition] });
    const found = await spectral.run(text);
    expect(
      found.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`),
    ).toEqual([]);
  });
});
