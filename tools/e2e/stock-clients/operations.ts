/** What stock clients are tried with: an alias, a fragment, a directive, `every`, variables and a name. */
export const OPERATIONS = {
  Viewing: `
    subscription Viewing($pageId: ID!) {
      viewing(pageId: $pageId) {
        count
        connections
      }
    }`,
  Likes: `
    subscription Likes($pageId: ID!, $name: String, $every: Int, $withTime: Boolean!) {
      likes: counterChanged(pageId: $pageId, name: $name, every: $every) {
        ...Shown
        at: updatedAt @include(if: $withTime)
      }
    }
    fragment Shown on Counter {
      pageId
      total: count
    }`,
} as const;

export type OperationName = keyof typeof OPERATIONS;
