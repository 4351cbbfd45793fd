import { ArgsType, Field, ID } from '@nestjs/graphql';
import { PartArgs } from '@headcount/platform';

const OTHER_USER = {
  nullable: true,
  description: 'For whom; another than the caller itself needs the scope users:act.',
};

/** For whom something is done. */
@ArgsType()
export class UserArgs {
  @Field(() => ID, OTHER_USER)
  readonly userId?: string | null;
}

/** The same of one page. */
@ArgsType()
export class UserPageArgs extends UserArgs {
  @Field(() => ID, { description: 'The page.' })
  readonly pageId!: string;
}

/** The same of a part of a list. */
@ArgsType()
export class UserPartArgs extends PartArgs {
  @Field(() => ID, OTHER_USER)
  readonly userId?: string | null;
}
