import { availableParallelism } from 'node:os';

// Sources are ESM; Jest runs them as CommonJS through swc. The packages named here ship ESM only and are transformed too.
// With MUTANT set one module is broken on purpose, to see that the tests notice (`npm run test:mutants`).
const compiler = process.env.MUTANT ? '<rootDir>/test/support/mutating-transform.cjs' : '@swc/jest';
const esmOnly = ['agenda', '@agendajs', 'p-limit', 'yocto-queue', 'jose'];

/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/support/seed-properties.ts'],
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  transform: {
    '^.+\\.[cm]?[jt]s$': [
      compiler,
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/scripts/bench/peers/'],
  testSequencer: '<rootDir>/test/support/long-ones-first.cjs',
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
  // Two at a time also where there are two cores: much of a test is waiting.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // Tests leave compiled modules behind: a process that holds too much is replaced between two files.
  workerIdleMemoryLimit: '1GB',
  // Only ends what hangs: how fast something is, `npm run bench` says.
  testTimeout: 180_000,
};
