import { TypeMetadataStorage } from '@nestjs/graphql';
import {
  getNamedType,
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { declaredCost } from './field-cost.js';

type Field = GraphQLField<unknown, unknown>;

/** Arguments that say how many entries a field answers, in every schema of ours. */
const COUNTS = new Set(['first', 'last']);

const NUMBERS = new Set(['Int', 'Float', 'SafeInt']);

/**
 * What is wrong with the costs that a schema declares, a sentence for each; tests demand that there is nothing. A field
 * needs a cost if it has a resolver method or a getter, or takes a list or a number; and its cost must follow every
 * list and count that it takes. For schemas made from classes by Nest.
 */
export function costFaults(schema: GraphQLSchema): string[] {
  const getters = gettersOfClasses();
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    if (isInterfaceType(type)) return [`${type.name} is an interface: its fields have no cost.`];
    if (isInputObjectType(type)) return faultsOfInput(type);
    if (!isObjectType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) => {
      const name = `${type.name}.${field.name}`;
      const isComputed = getters.has(name) || hasResolver(field);
      return faultsOfField(field, isComputed).map((fault) => `${name} ${fault}`);
    });
  });
}

function faultsOfField(field: Field, isComputed: boolean): string[] {
  const cost = declaredCost(field);
  const sized = field.args.filter(({ type }) => isList(type) || isNumber(type));
  if (cost === undefined)
    return isComputed || sized.length > 0 ? ['declares no cost (@Cost).'] : [];
  const byArgument = typeof cost.own === 'object' ? [cost.own.argument] : [];
  const named = [...(cost.times === undefined ? [] : [cost.times]), ...byArgument];
  return [
    ...named
      .filter((name) => !sized.some((arg) => arg.name === name))
      .map((name) => `has a cost by ${name}, which is neither a list nor a number that it takes.`),
    ...sized
      .filter(({ name, type }) => (isList(type) || COUNTS.has(name)) && cost.times !== name)
      .map(({ name }) => `has a cost that does not follow ${name}.`),
  ];
}

/** Lists within inputs: no cost can follow them. */
function faultsOfInput(type: GraphQLNamedType): string[] {
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields())
    .filter((field) => isList(field.type))
    .map(({ name }) => `${type.name}.${name} is a list within an input: no cost follows it.`);
}

const isList = (type: GraphQLInputType): boolean => isListType(getNullableType(type));

const isNumber = (type: GraphQLInputType): boolean => NUMBERS.has(getNamedType(type).name);

/** Whether anything but Nest's own function, which takes a property of the parent, resolves the field. */
const hasResolver = ({ resolve, subscribe }: Field): boolean =>
  subscribe !== undefined || (resolve !== undefined && resolve.name !== 'rootFieldResolver');

/** `Type.field` of all fields that are getters of their classes. */
function gettersOfClasses(): Set<string> {
  const found = new Set<string>();
  for (const { name, target, properties } of TypeMetadataStorage.getObjectTypesMetadata())
    for (const property of properties ?? [])
      if (isGetter((target as { readonly prototype: object }).prototype, property.name))
        found.add(`${name}.${property.schemaName}`);
  return found;
}

const isGetter = (prototype: object, property: string): boolean =>
  Object.getOwnPropertyDescriptor(prototype, property)?.get !== undefined;
