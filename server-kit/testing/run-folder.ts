/** Names the folder that all processes of one test run share. */
export const RUN_FOLDER = 'QINQIAO_TEST_RUN';

/** Where the processes of this test run keep what they share; null for one that runs by itself. */
export const runFolder = (): string | null => process.env[RUN_FOLDER] ?? null;
