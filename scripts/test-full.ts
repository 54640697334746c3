import { runParts, vitestPart } from './test-part.ts'

await runParts([vitestPart('whole commands', 'aws', ['test/full'])])
