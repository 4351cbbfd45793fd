import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** The key of the mark, for AuthGuard. */
export const PUBLIC = 'headcount:public';

/** Marks a controller, resolver or method that everyone may call, signed in or not. */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC, true);
