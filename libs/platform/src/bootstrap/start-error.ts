/**
 * Thrown when an app cannot start for a reason that its operator can mend; the message says how.
 */
export class StartError extends Error {
  override readonly name = 'StartError';

  /** All that its operator has to read. */
  get sentences(): readonly string[] {
    return [this.message];
  }
}

/** Where an app was to listen, and the setting that says so. */
export interface ListenPlace {
  readonly host: string;
  readonly port: number;
  readonly portSetting: string;
  readonly hostSetting: string;
}

/**
 * The operator's view of why listening failed, or the error itself where it is not theirs to mend.
 */
export function listenError(
  cause: unknown,
  { host, port, portSetting, hostSetting }: ListenPlace,
): unknown {
  const code = typeof cause === 'object' && cause && 'code' in cause ? cause.code : null;
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} on ${host} is taken; stop what uses it or set ${portSetting} to another.`,
      );
    case 'EACCES':
      return new StartError(
        `Port ${port} on ${host} may not be used by this user; set ${portSetting} to one above 1023.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartError(`${host} is no address of this machine; set ${hostSetting} to one.`);
    case 'ERR_SOCKET_BAD_PORT':
      return new StartError(`There is no port ${port}; set ${portSetting} to one up to 65535.`);
    default:
      return cause;
  }
}
