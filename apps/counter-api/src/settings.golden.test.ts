/** docs/settings.md is what the code says. */
import { join } from 'node:path';
import { commonSettings, describeSettings } from '@headcount/platform';
import { expectDocumentedSettings } from '@headcount/testing';
import { counterApiSettings } from './settings.js';

const ROOT = join(__dirname, '../../..');

it('documents every setting of counter-api', () => {
  const common = describeSettings(commonSettings);
  const own = describeSettings(counterApiSettings).filter((row) => !common.includes(row));
  expectDocumentedSettings(ROOT, 'counter-api', own);
});

it('documents the settings that all apps have', () => {
  expectDocumentedSettings(ROOT, 'common', describeSettings(commonSettings));
});
