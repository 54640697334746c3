import { defineConfig } from 'vitest/config'

const needsAws = [
  'test/contract/**',
  'test/cloudformation/**',
  'test/e2e/**',
  'test/workflows/**',
  'test/full/**',
]

export default defineConfig({
  test: {
    maxWorkers: 2,
    reporters: process.env.CI ? ['default'] : ['default'],
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: needsAws, testTimeout: 10_000 } },
      {
        test: {
          name: 'aws',
          include: needsAws.map((folder) => folder.replace('/**', '/**/*.test.ts')),
          globalSetup: ['test/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
