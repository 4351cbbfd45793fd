/**
 * Goal    a field whose cost was forgotten is found.
 * Method  a small app with one field of each kind, right and wrong ones.
 */
import { Module } from '@nestjs/common';
import {
  Args,
  Field,
  GraphQLModule,
  GraphQLSchemaHost,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  ResolveField,
  Resolver,
} from '@nestjs/graphql';
import { TEST_SIGNING_KEYS } from '@headcount/testing';
import { runApp } from '../bootstrap/run-app.js';
import { portSetting } from '../config/kinds.js';
import { graphqlSettings } from '../config/limit-settings.js';
import { loadConfig } from '../config/load-config.js';
import { commonSettings } from '../config/shared-settings.js';
import { costFaults } from './cost-faults.js';
import { Cost } from './cost.decorator.js';
import { graphqlOptions } from './graphql-options.js';

const settings = { ...commonSettings, TEST_PORT: portSetting('Where the test listens.', 0) };

@InputType()
class Nested {
  @Field(() => [ID])
  readonly ids!: string[];
}

@ObjectType()
class Thing {
  @Field(() => Int)
  readonly plain: number = 1;

  @Field(() => Int)
  get forgottenGetter(): number {
    return 1;
  }

  @Cost({ own: 5 })
  @Field(() => Int)
  get getter(): number {
    return 1;
  }
}

const thing = (): Thing[] => [new Thing()];
const ids = { type: () => [ID] };

@Resolver(() => Thing)
class ThingResolver {
  @Query(() => [Thing])
  forgottenQuery(): Thing[] {
    return thing();
  }

  @Cost({ own: 10 })
  @Query(() => [Thing])
  forgottenList(@Args('ids', ids) _: string[]): Thing[] {
    return thing();
  }

  @Cost({ each: 10, times: 'first' })
  @Query(() => [Thing])
  misspelt(@Args('last', { type: () => Int }) _: number): Thing[] {
    return thing();
  }

  @Cost({ own: 10 })
  @Query(() => [Thing])
  nested(@Args('nested') _: Nested): Thing[] {
    return thing();
  }

  @Cost({ each: 10, times: 'ids' })
  @Query(() => [Thing])
  right(@Args('ids', ids) _: string[], @Args('by', { type: () => Int }) _by: number): Thing[] {
    return thing();
  }

  @ResolveField('forgottenField', () => Int)
  forgottenField(): number {
    return 1;
  }

  @Cost({ own: 10 })
  @ResolveField('field', () => Int)
  field(): number {
    return 1;
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot(
      graphqlOptions({ HOST: '127.0.0.1', ...loadConfig(graphqlSettings, {}) }),
    ),
  ],
  providers: [ThingResolver],
})
class TestModule {}

describe('costFaults', () => {
  it('names each field whose cost was forgotten or does not follow what it is asked for', async () => {
    const config = loadConfig(settings, { LOG_LEVEL: 'silent', SIGNING_KEYS: TEST_SIGNING_KEYS });
    const definition = { name: 'test', module: TestModule, config };
    const app = await runApp({ ...definition, portSetting: 'TEST_PORT' });
    const { schema } = app.nest.get(GraphQLSchemaHost, { strict: false });
    expect(costFaults(schema).sort()).toEqual([
      'Nested.ids is a list within an input: no cost follows it.',
      'Query.forgottenList has a cost that does not follow ids.',
      'Query.forgottenQuery declares no cost (@Cost).',
      'Query.misspelt has a cost by first, which is neither a list nor a number that it takes.',
      'Query.misspelt has a cost that does not follow last.',
      'Thing.forgottenField declares no cost (@Cost).',
      'Thing.forgottenGetter declares no cost (@Cost).',
    ]);
    await app.close();
  });
});
