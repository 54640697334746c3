import { defineConfig } from 'vitest/config'

const needsAws = [
  'test/contract/**',
  'test/cloudformation/**',
  'test/e2e/**',
  'test/workflows/**',
  'test/full/**',
]

const pages = ['test/docs/**', 'test/browser/**']
const testsIn = (folders: readonly string[]) =>
  folders.map((folder) => folder.replace('/**', '/**/*.test.ts'))

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...needsAws, ...pages],
          testTimeout: 10_000,
        },
      },
      { test: { name: 'pages', include: testsIn(pages), testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: {
          name: 'aws',
          include: testsIn(needsAws),
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
