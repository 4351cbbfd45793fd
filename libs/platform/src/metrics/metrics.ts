import { Injectable } from '@nestjs/common';
import {
  Counter,
  Gauge,
  Histogram,
  Registry,
  collectDefaultMetrics,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

/** Every metric of ours begins with this. */
export const METRIC_PREFIX = 'headcount_';

/** What a metric is made from; its name comes without the prefix. */
type Made<C> = Omit<C, 'registers'>;

/**
 * The metrics of one app. Each app has a registry of its own, for several may run in one process.
 * The defaults of prom-client are included, the lag of the event loop among them.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  constructor(app: string) {
    this.registry.setDefaultLabels({ app });
    collectDefaultMetrics({ register: this.registry });
  }

  /** A number that only grows. */
  counter<Label extends string>(made: Made<CounterConfiguration<Label>>): Counter<Label> {
    return new Counter({ ...made, name: METRIC_PREFIX + made.name, registers: [this.registry] });
  }

  /** A number that goes up and down. */
  gauge<Label extends string>(made: Made<GaugeConfiguration<Label>>): Gauge<Label> {
    return new Gauge({ ...made, name: METRIC_PREFIX + made.name, registers: [this.registry] });
  }

  /** How often a number fell into which range. */
  histogram<Label extends string>(made: Made<HistogramConfiguration<Label>>): Histogram<Label> {
    return new Histogram({ ...made, name: METRIC_PREFIX + made.name, registers: [this.registry] });
  }
}
