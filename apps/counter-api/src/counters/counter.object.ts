import { ObjectType } from '@nestjs/graphql';
import { Counter } from '@headcount/platform';

/**
 * A counter as counter-api shows it: fields that only this app answers are bound to this class. Nest keeps the fields of
 * a class for the whole process, so on `Counter` itself the gateway would promise them too wherever both run in one.
 */
@ObjectType('Counter', { description: 'A counter of a page, as it stands now.' })
export class RegionalCounter extends Counter {}
