/** docs/settings.md is what the code says. */
import { join } from 'node:path';
import { commonSettings, describeSettings } from '@headcount/platform';
import { expectDocumentedSettings } from '@headcount/testing';
import { gatewaySettings } from './gateway-settings.js';

const ROOT = join(__dirname, '../../..');

it('documents every setting of realtime-gateway', () => {
  const common = describeSettings(commonSettings);
  const own = describeSettings(gatewaySettings).filter((row) => !common.includes(row));
  expectDocumentedSettings(ROOT, 'realtime-gateway', own);
});
