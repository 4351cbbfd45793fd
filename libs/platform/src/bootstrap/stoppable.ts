/** Whatever runs and can be stopped: an app, or several as one. */
export interface Stoppable {
  readonly url?: string;
  /** How long a stop may take, in milliseconds, where its operator has asked for more than the usual. */
  readonly stopMsMax?: number;
  close(): Promise<void>;
}
