/** The least schema that answers the query of the suite. */
export const SCHEMA = `
  type Counter { pageId: ID! count: Int! updatedAt: String }
  type Query { counter(pageId: ID!): Counter! }
`;

export const counterOf = (pageId) => ({ pageId, count: 1000, updatedAt: '2030-10-10T12:11:42Z' });
