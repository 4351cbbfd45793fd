/** The schema of the GraphQL baselines: of ours what QUERY asks for. */
export const SCHEMA = `
  type Counter { pageId: ID! count: Int! }
  type Query { about: String }
  type Subscription { counterChanged(pageId: ID!): Counter! }
`;
