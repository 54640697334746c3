import { dirname } from 'node:path'

type Status =
  | 'Killed'
  | 'Timeout'
  | 'Survived'
  | 'NoCoverage'
  | 'RuntimeError'
  | 'CompileError'
  | 'Ignored'
  | 'Pending'
type Position = { line: number; column: number }
type Mutant = {
  mutatorName: string
  replacement?: string
  location: { start: Position; end: Position }
  status: Status
}

/** The part that is read here of https://github.com/stryker-mutator/mutation-testing-elements reports. */
export type Report = { files: Record<string, { source: string; mutants: readonly Mutant[] }> }

/** What became of the mutants of a folder; `share` is killed among all that ran or that no test reaches. */
export type Figures = { folder: string; killed: number; survived: number; notReached: number; share: number }

/** Parses the JSON report of Stryker. */
export function parseReport(text: string): Report {
  return JSON.parse(text)
}

// A mutant that loops for ever, or that throws while a file loads, was noticed.
const isKilled = ({ status }: Mutant) =>
  status === 'Killed' || status === 'Timeout' || status === 'RuntimeError'

/** Counts mutants by folder of their file; the last row is all of them. */
export function countByFolder({ files }: Report): Figures[] {
  const byFolder = Map.groupBy(Object.entries(files), ([file]) => dirname(file))
  const rows = [...byFolder].map(([folder, entries]) =>
    count(
      folder,
      entries.flatMap(([, { mutants }]) => mutants),
    ),
  )
  const all = Object.values(files).flatMap(({ mutants }) => mutants)
  return [...rows.sort((a, b) => a.folder.localeCompare(b.folder)), count('all', all)]
}

function count(folder: string, mutants: readonly Mutant[]): Figures {
  const killed = mutants.filter(isKilled).length
  const survived = mutants.filter(({ status }) => status === 'Survived').length
  const notReached = mutants.filter(({ status }) => status === 'NoCoverage').length
  const all = killed + survived + notReached
  return { folder, killed, survived, notReached, share: all === 0 ? 1 : killed / all }
}

/** Lists each mutant that no test noticed as `file:line: change`. */
export function listSurvivors({ files }: Report): string[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
      .map((mutant) => `${file}:${mutant.location.start.line}: ${describeChange(mutant, source)}`),
  )
}

function describeChange({ location, replacement, mutatorName, status }: Mutant, source: string): string {
  const { start, end } = location
  const lines = source.split('\n').slice(start.line - 1, end.line)
  const last = lines.length - 1
  lines[last] = lines[last]?.slice(0, end.column - 1) ?? ''
  lines[0] = lines[0]?.slice(start.column - 1) ?? ''
  const before = shorten(lines.join(' '))
  const reached = status === 'NoCoverage' ? ' (no test reaches it)' : ''
  return `${before} → ${shorten(replacement ?? mutatorName)}${reached}`
}

const shorten = (code: string) => {
  const text = code.replaceAll(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** Renders the figures as a table. */
export function renderFigures(figures: readonly Figures[]): string {
  const rows = figures.map(({ folder, killed, survived, notReached, share }) => [
    folder,
    ...[killed, survived, notReached].map(String),
    `${(100 * share).toFixed(1)} %`,
  ])
  const table = [['folder', 'killed', 'survived', 'not reached', 'share'], ...rows]
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0))
  return table
    .map((row) =>
      row
        .map((cell, at) => (at === 0 ? cell.padEnd(width(at)) : cell.padStart(width(at))))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
