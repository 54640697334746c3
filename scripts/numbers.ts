import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './local-aws-process.ts'

type Sized = { name: string; lines: number }

const files = globSync(['actions/**/*.ts', 'lib/**/*.ts', 'lambda/**/*.ts', 'scripts/**/*.ts'], {
  cwd: root,
  exclude: (name) => name === 'dist' || name === 'node_modules',
}).filter((file) => !file.includes('/dist/') && !file.endsWith('-bytes.ts'))

function countFunctions(file: string, text: string): Sized[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: Sized[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line
      const last = source.getLineAndCharacterOfPosition(node.getEnd()).line
      found.push({ name: `${file}:${first + 1}`, lines: last - first + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const quantile = (sized: readonly Sized[], share: number) =>
  sized.map(({ lines }) => lines).sort((a, b) => a - b)[Math.floor((sized.length - 1) * share)] ?? 0

const largest = (sized: readonly Sized[], limit: number) =>
  sized.filter(({ lines }) => lines > limit).map(({ name, lines }) => `${name} (${lines} lines)`)

const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
const sizes = texts.map(({ file, text }) => ({ name: file, lines: text.split('\n').length - 1 }))
const functions = texts.flatMap(({ file, text }) => countFunctions(file, text))
const named = (ending: string, limit: number) =>
  largest(
    sizes.filter(({ name }) => name.startsWith('actions/') && name.endsWith(ending)),
    limit,
  )
const rules: readonly (readonly [rule: string, broken: readonly string[]])[] = [
  ['no file has more than 250 lines', largest(sizes, 250)],
  ['no function has more than 60 lines', largest(functions, 60)],
  ['no main.ts has more than 30 lines', named('/main.ts', 30)],
  ['no run.ts has more than 80 lines', named('/run.ts', 80)],
  ['the median file has at most 70 lines', quantile(sizes, 0.5) > 70 ? [`${quantile(sizes, 0.5)}`] : []],
  [
    '90 % of the functions have at most 30 lines',
    quantile(functions, 0.9) > 30 ? [`${quantile(functions, 0.9)}`] : [],
  ],
]

console.log(
  `${sizes.length} files: median ${quantile(sizes, 0.5)}, 90 % ≤ ${quantile(sizes, 0.9)}, longest ${quantile(sizes, 1)} lines`,
)
console.log(
  `${functions.length} functions: median ${quantile(functions, 0.5)}, 90 % ≤ ${quantile(functions, 0.9)}, longest ${quantile(functions, 1)} lines`,
)
for (const [rule, broken] of rules) {
  console.log(
    `${broken.length === 0 ? 'holds' : 'BROKEN'}: ${rule}${broken.map((name) => `\n  ${name}`).join('')}`,
  )
}
if (process.argv.includes('--check') && rules.some(([, broken]) => broken.length > 0)) process.exitCode = 1
