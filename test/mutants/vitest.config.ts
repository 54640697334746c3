import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/contract/**',
      'test/cloudformation/**',
      'test/e2e/**',
      'test/workflows/**',
      'test/full/**',
      'test/faults/**',
      'test/hostile/**',
      'test/lib/action.test.ts',
      'test/docs/**',
      'test/browser/**',
      'test/scripts/**',
    ],
    testTimeout: 10_000,
  },
})
