/** docs/settings.md is what the code says. */
import { join } from 'node:path';
import { commonSettings, describeSettings } from '@headcount/platform';
import { expectDocumentedSettings } from '@headcount/testing';
import { notificationSettings } from './settings.js';

const ROOT = join(__dirname, '../../..');

it('documents every setting of notification', () => {
  const common = describeSettings(commonSettings);
  const own = describeSettings(notificationSettings).filter((row) => !common.includes(row));
  expectDocumentedSettings(ROOT, 'notification', own);
});
