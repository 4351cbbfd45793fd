export {
  type CounterSink,
  type PartMove,
  type SinkOutcome,
  type SinkPart,
  type SinkSession,
  type Verdict,
} from './counter-sink.js';
export {
  EXPORT_BOUNDS,
  Exporter,
  type ExportBounds,
  type ExportFailure,
  type ExporterOptions,
  type ExportTimers,
} from './exporter.js';
export { PostgresSink, type PostgresSinkOptions } from './postgres-sink.js';
export { namesDatabase } from './database-address.js';
