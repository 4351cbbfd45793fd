/** What goes wrong in a way that one sentence explains: it is printed without a stack, and the exit code is 1. */
export class Fault extends Error {}
