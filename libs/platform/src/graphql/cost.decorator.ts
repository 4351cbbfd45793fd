import { Extensions } from '@nestjs/graphql';
import { COST_EXTENSION, type FieldCost } from './field-cost.js';

/**
 * Declares what a field costs: on a query, mutation, subscription, field resolver, or a getter that computes or reads
 * something. Golden tests refuse such a field without it. A field resolver of a field that its class declares too takes it
 * there.
 */
export function Cost(cost: FieldCost): MethodDecorator & PropertyDecorator {
  return Extensions({ [COST_EXTENSION]: cost });
}
