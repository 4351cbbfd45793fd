import { Field, ID, ObjectType } from '@nestjs/graphql';
import type { PageId } from '@headcount/protocol';

/** A page as an entity, to which other subgraphs may add fields, and whose counters this app adds. */
@ObjectType('Page', { description: 'Anything viewed or counted.' })
export class Page {
  @Field(() => ID, { description: 'Its id.' })
  readonly pageId: PageId;

  constructor(pageId: PageId) {
    this.pageId = pageId;
  }
}
