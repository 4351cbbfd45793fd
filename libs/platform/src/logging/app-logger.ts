import { Logger, type PinoLogger } from 'nestjs-pino';

/** Parts of Nest that tell, line by line, how they put an app together. */
const ASSEMBLY = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'GraphQLModule',
]);

/**
 * Nest's logger over pino. How Nest put the app together is told at `debug` alone: `ready` says it
 * all.
 */
export class AppLogger extends Logger {
  constructor(logger: PinoLogger) {
    super(logger, {});
  }

  /** Nest gives the name of the part that speaks as the last parameter. */
  override log(message: unknown, ...params: unknown[]): void {
    if (ASSEMBLY.has(params.at(-1))) this.debug(message, ...params);
    else super.log(message, ...params);
  }
}
