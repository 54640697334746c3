import { blocks, foldTable, type Markdown, md } from '../../../lib/markdown.ts'
import { renderDiagnosis } from '../../../lib/service/diagnosis/diagnosis.ts'
import { isSuccess, type StackResult } from '../apply/outcome.ts'

/** Renders why the services of stacks that failed do not run: a table each. */
export function renderDiagnoses(results: readonly StackResult[]): Markdown {
  const tables = results.flatMap(({ stackName, outcome }) =>
    'diagnosis' in outcome && outcome.diagnosis
      ? [md`**Why ${stackName} does not run**`, renderDiagnosis(outcome.diagnosis)]
      : [],
  )
  return blocks(...tables)
}

const mostOutputs = 100

/** Renders the outputs of the stacks as a table; those of a large graph are all in the report only. */
export function renderOutputs(results: readonly StackResult[]): Markdown {
  const rows = results.flatMap(({ stackName, outcome }) =>
    isSuccess(outcome) ? [...outcome.outputs].map(([name, value]) => [stackName, name, value]) : [],
  )
  if (rows.length === 0) return md``
  const rest = rows.length > mostOutputs ? [md`${rows.length - mostOutputs} more are in the report.`] : []
  return blocks(foldTable('outputs', ['stack', 'output', 'value'], rows.slice(0, mostOutputs)), ...rest)
}
