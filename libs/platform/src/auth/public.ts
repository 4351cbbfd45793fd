import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** The key of the mark, for AuthGuard. */
export const PUBLIC = 'headcount:public';

/** The same of what reads. */
export const PUBLIC_READ = 'headcount:public-read';

/** Marks a controller, resolver or method that everyone may call, signed in or not. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);

/**
 * Marks what only reads counters of pages: everyone may call it where READS is public, else callers with a token. The method asks
 * ReadGrants which pages it may show.
 */
export const PublicRead = (): CustomDecorator => SetMetadata(PUBLIC_READ, true);
