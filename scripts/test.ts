import { runParts, scriptPart, vitestPart } from './test-part.ts'

await runParts([
  scriptPart('lint and types', 'scripts/check.ts'),
  vitestPart('unit', 'unit'),
  vitestPart('processes', 'processes'),
  vitestPart('contracts', 'aws', ['test/contract']),
  vitestPart('CloudFormation', 'aws', ['test/cloudformation']),
  vitestPart('end to end', 'aws', ['test/e2e']),
  vitestPart('workflows', 'aws', ['test/workflows']),
  vitestPart('faults', 'aws', ['test/faults']),
  vitestPart('browser and docs', 'pages'),
])
