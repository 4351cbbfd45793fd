import { Field, ID, ObjectType } from '@nestjs/graphql';

/** A page as an entity, to which other subgraphs may add fields, and whose modifications this app adds. */
@ObjectType('Page', { description: 'Anything viewed or counted.' })
export class Page {
  @Field(() => ID, { description: 'Its id.' })
  readonly pageId: string;

  constructor(pageId: string) {
    this.pageId = pageId;
  }
}
