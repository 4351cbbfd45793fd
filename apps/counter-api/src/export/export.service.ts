import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import {
  CLOCK,
  CONFIG,
  INSTANCE,
  Metrics,
  RANDOM,
  within,
  type Clock,
  type Instance,
  type Random,
} from '@headcount/platform';
import { ownerOf } from '@headcount/replication';
import { Exporter, PostgresSink, type ExportFailure } from '@headcount/sql-export';
import type { CounterApiConfig } from '../settings.js';
import { STORE, type Store } from '../store/store.js';
import { LookerService } from '../upkeep/looker.service.js';
import { exportMetrics, type ExportMetrics } from './export-metrics.js';

/** Timeout of a stop for a database or Redis that does not answer, in milliseconds. The next owner exports the rest. */
const STOP_MS_MAX = 350;

/** Where the service takes time, names and numbers from. */
@Injectable()
export class ExportSources {
  constructor(
    @Inject(INSTANCE) readonly instance: Instance,
    @Inject(CLOCK) readonly clock: Clock,
    @Inject(RANDOM) readonly random: Random,
    @Inject(Metrics) readonly metrics: Metrics,
  ) {}
}

/** Keeps the export running; without EXPORT_DATABASE_URL there is none, and it costs nothing. */
@Injectable()
export class ExportService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ExportService.name);
  private readonly exporter: Exporter | null;
  private readonly metrics: ExportMetrics | null;
  /** A failure is told once, not at each round. */
  private isFailing = false;

  constructor(
    @Inject(STORE) private readonly store: Store,
    @Inject(CONFIG) private readonly config: CounterApiConfig,
    @Inject(LookerService) private readonly looker: LookerService,
    @Inject(ExportSources) private readonly sources: ExportSources,
  ) {
    const { EXPORT_DATABASE_URL: databaseUrl } = config;
    const exporter = databaseUrl === undefined ? null : this.newExporter(databaseUrl);
    this.exporter = exporter;
    this.metrics = exporter && exportMetrics(sources.metrics, sources.clock, () => exporter);
  }

  onApplicationBootstrap(): void {
    this.exporter?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.exporter) await within(STOP_MS_MAX, this.exporter.stop());
  }

  private newExporter(databaseUrl: string): Exporter {
    const { REGION: region, BUCKETS: buckets, EXPORT_INTERVAL_MS: intervalMs } = this.config;
    const { clock, random } = this.sources;
    return new Exporter({
      store: this.store.durables,
      sink: new PostgresSink({ databaseUrl, region, buckets }),
      owned: () => this.owned(),
      intervalMs,
      timers: {
        nowMs: () => clock.monotonicMs(),
        sleep: (ms, signal) => sleep(ms, undefined, { signal, ref: false }).catch(() => undefined),
        random,
      },
      onRows: (rows) => this.metrics?.rows.inc(rows),
      onWhole: () => this.metrics?.wholes.inc(),
      onFailure: (failure) => this.failed(failure),
      onRound: () => this.succeeded(),
    });
  }

  private owned(): number[] {
    const { id } = this.sources.instance;
    // Whoever has not looked yet knows of nobody else, and exports what is others': in vain, but rightly.
    const live = new Set([id, ...this.looker.living]);
    const buckets = Array.from({ length: this.config.BUCKETS }, (_, bucket) => bucket);
    return buckets.filter((bucket) => ownerOf(bucket, live) === id);
  }

  private failed({ side, detail }: ExportFailure): void {
    this.metrics?.failures.inc({ side });
    if (this.isFailing) return;
    this.isFailing = true;
    this.logger.warn({ side, detail }, 'counters cannot be exported');
  }

  private succeeded(): void {
    if (!this.isFailing) return;
    this.isFailing = false;
    this.logger.log('counters are exported again');
  }
}
