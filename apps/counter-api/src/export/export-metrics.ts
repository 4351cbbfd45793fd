import type { Clock, Metrics } from '@headcount/platform';
import type { Exporter } from '@headcount/sql-export';

export type ExportMetrics = ReturnType<typeof exportMetrics>;

/** What an operator sees of the export. */
export function exportMetrics(metrics: Metrics, clock: Clock, exporter: () => Exporter) {
  metrics.gauge({
    name: 'export_lag_seconds',
    help: 'Time since the beginning of the last round of the export that went through: the database is no older.',
    collect() {
      this.set((clock.monotonicMs() - exporter().levelAtMs) / 1000);
    },
  });
  const rows = metrics.counter({
    name: 'export_rows_total',
    help: 'Rows of durable counters sent to the database.',
  });
  const wholes = metrics.counter({
    name: 'export_whole_buckets_total',
    help: 'Buckets exported whole: at first, and whenever Redis may have forgotten something.',
  });
  const failures = metrics.counter({
    name: 'export_failures_total',
    help: 'Rounds of the export that failed, by whose failure it was.',
    labelNames: ['side'],
  });
  return { rows, wholes, failures };
}
