/**
 * Goal    what a page of docs/recipes shows is what happens when it is copied.
 * Method  the blocks of each page are run as they stand, but for the ports, against one region: those of the shell by bash,
 *         JavaScript by Node, GraphQL by counter-api; what they print is held against what the page says that they do.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startSystem, type System } from '@headcount/testing';
import { stepsOf } from './page-steps.js';
import { RecipeRun } from './recipe-run.js';

const FOLDER = join(__dirname, '../../../docs/recipes');
const INDEX = 'README.md';
const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== INDEX);
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

describe('the recipe', () => {
  let system: System | undefined;
  beforeAll(async () => {
    system = await startSystem({ notifications: 1 });
  }, 60_000);
  afterAll(() => system?.stop());

  it.each(pages)(
    '%s does what it says',
    async (name) => {
      const steps = stepsOf(read(name));
      const checks = steps.filter(
        (step) =>
          step.kind === 'text' ||
          (step.kind === 'sh' && step.commands.some(({ prints }) => prints !== null)) ||
          (step.kind === 'graphql' && step.answer !== null),
      );
      expect(checks.length).toBeGreaterThan(1);
      if (!system) throw new Error('there is no region to run it against');
      const run = new RecipeRun(system);
      try {
        await run.run(steps);
      } finally {
        run.close();
      }
    },
    60_000,
  );
});

it('is named in the list of recipes, each once', () => {
  const named = [...read(INDEX).matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name]) => name);
  expect(named.sort()).toEqual([...pages].sort());
});
