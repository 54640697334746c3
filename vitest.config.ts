import { defineConfig } from 'vitest/config'

const needsAws = [
  'test/contract/**',
  'test/cloudformation/**',
  'test/e2e/**',
  'test/workflows/**',
  'test/full/**',
  'test/faults/**',
]

// A real account takes its time: `CONTRACT_ACCOUNT` names one (see CONTRIBUTING.md).
const patience = process.env.CONTRACT_ACCOUNT ? 1_800_000 : 120_000
const pages = ['test/docs/**', 'test/browser/**']
// They start processes, threads or a database, live thousands of lives, or try a fake; they need no AWS.
const processes = [
  ...['test/hostile/**', 'test/lib/action.test.ts', 'test/scripts/**'],
  ...['test/lib/compression/stream.test.ts', 'test/lib/compression/deflate/kernel.test.ts'],
  'test/permissions/stacks.test.ts',
  ...['run', 'random-months', 'close', 'status'].map((name) => `test/billing-report/${name}.test.ts`),
  ...['run', 'run-ecr', 'faithful', 'waiting-layers', 'apply/compressors'].map(
    (name) => `test/push-image/${name}.test.ts`,
  ),
  ...['test/lib/registry/send-layer.test.ts', 'test/pause-resume/model.test.ts', 'test/fakes/**'],
]
const testsIn = (folders: readonly string[]) =>
  folders.map((folder) => folder.replace('/**', '/**/*.test.ts'))

export default defineConfig({
  test: {
    maxWorkers: 2,
    // Tests that run side by side wait, for health checks of AWS's shortest interval.
    maxConcurrency: 10,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...needsAws, ...pages, ...processes],
          testTimeout: 10_000,
          // Some wait for time limits of connections.
          maxWorkers: 3,
          // Nothing in a module is replaced or kept, so that files can share what they import: a third of the time.
          isolate: false,
        },
      },
      {
        test: {
          name: 'processes',
          include: testsIn(processes),
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'pages',
          include: testsIn(pages),
          globalSetup: ['test/browser-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'aws',
          include: testsIn(needsAws),
          globalSetup: ['test/global-setup.ts'],
          // Two would leave the cores idle while they wait for tasks, targets and queries.
          maxWorkers: 4,
          testTimeout: patience,
          hookTimeout: patience,
        },
      },
    ],
  },
})
