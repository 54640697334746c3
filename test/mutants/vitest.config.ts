import { defineConfig } from 'vitest/config'

// A folder of tests, from scripts/mutants.ts.
const tests = process.env.MUTANTS_TESTS ?? 'test'

export default defineConfig({
  test: {
    include: [`${tests}/**/*.test.ts`],
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
      'test/permissions/stacks.test.ts',
      // Reads the text of a source.
      'test/billing-report/rates/schema.test.ts',
    ],
    testTimeout: 10_000,
  },
})
