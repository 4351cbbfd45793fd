/** SIGNING_KEYS of apps that a test starts; not a secret. */
export const TEST_SIGNING_KEYS = 'test:a-secret-for-tests-alone';
