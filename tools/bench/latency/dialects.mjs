/** What a viewer sends to either side. `visit` numbers the pages that one viewer enters. */
export const DIALECTS = {
  headcount: {
    subprotocols: ['graphql-transport-ws'],
    hello: (viewerId) => ({ type: 'connection_init', payload: { viewerId } }),
    enter: (pageId, visit) => ({
      id: String(visit),
      type: 'subscribe',
      payload: {
        query: 'subscription ($pageId: ID!) { viewing(pageId: $pageId) { count } }',
        variables: { pageId },
      },
    }),
    leave: (visit) => ({ id: String(visit), type: 'complete' }),
  },
  pubsub: {
    subprotocols: [],
    enter: (page) => ({ enter: page }),
    leave: () => ({ leave: true }),
  },
};
