/** Whether durable counters are written behind to a database, and how often. */
import { z } from 'zod';
import { numberSetting, optionalSetting } from '@headcount/platform';
import { namesDatabase } from '@headcount/sql-export';

export const exportSettings = {
  EXPORT_DATABASE_URL: optionalSetting(
    {
      description:
        'PostgreSQL-compatible database that durable counters are exported to. Default: none.',
      must: 'a postgres:// or postgresql:// address with a host and the name of a database',
      example: 'postgres://headcount:secret@db.internal:5432/headcount',
      secret: true,
    },
    z.url({ protocol: /^postgres(?:ql)?$/ }).refine(namesDatabase),
  ),
  EXPORT_INTERVAL_MS: numberSetting('Pause between two export rounds, in milliseconds.', {
    min: 100,
    max: 3_600_000,
    default: 5000,
  }),
};
