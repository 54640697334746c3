import { blocks, foldTable, type Markdown, md } from '../../../lib/markdown.ts'
import type { Outcome } from '../../../lib/outcome.ts'
import type { Comparison } from '../bill/comparison.ts'
import { add, type Decimal, formatDecimal, negate } from '../rates/decimal.ts'
import { formatMoney, groupDigits } from './user-rows.ts'

/** Paths of the rates and of the other ones, and their currency. */
type Files = { paths: readonly [rates: string, other: string]; currency: string; decimals: number }

const shownUsers = 100

/** Adds to the outcome of a dry run what each user would owe by other rates, the largest changes first. */
export const tellComparison = (outcome: Outcome, comparison: Comparison, files: Files): Outcome => ({
  ...outcome,
  summary: blocks(renderComparison(comparison, files), outcome.summary),
  report: { ...outcome.report, comparison: toJson(comparison, files) },
})

function renderComparison(comparison: Comparison, files: Files): Markdown {
  const { users, largest } = comparison
  const right = [...files.paths, 'change']
  const change = ({ now, other }: { now: Decimal; other: Decimal }) => add(other, negate(now))
  const cells = (pair: { now: Decimal; other: Decimal }) =>
    [pair.now, pair.other, change(pair)].map((amount) => formatMoney(amount, files))
  const shown = largest.slice(0, shownUsers)
  const left = users - shown.length
  const rest = {
    now: add(comparison.now, ...shown.map(({ now }) => negate(now))),
    other: add(comparison.other, ...shown.map(({ other }) => negate(other))),
  }
  const totals = [comparison.now, comparison.other].map((amount) => formatMoney(amount, files))
  return blocks(
    md`## ${files.paths[0]} and ${files.paths[1]}`,
    md`What each user owes by ${files.paths[0]}, and would owe by ${files.paths[1]}, in ${files.currency}:`,
    md`**${totals.join(' → ')} ${files.currency}**, ${groupDigits(String(users))} users.`,
    foldTable(
      'lines',
      ['user', ...right],
      [
        ...shown.map((pair) => [pair.user, ...cells(pair)]),
        ...(left === 0 ? [] : [[md`_${groupDigits(String(left))} others_`, ...cells(rest)]]),
        [md`**all**`, ...cells(comparison)],
      ],
      { right },
    ),
  )
}

function toJson(comparison: Comparison, { paths: [rates, compareRates], currency, decimals }: Files) {
  const pair = ({ now, other }: { now: Decimal; other: Decimal }) => ({
    now: formatDecimal(now, decimals),
    other: formatDecimal(other, decimals),
  })
  return {
    ...{ rates, compareRates, currency, users: comparison.users, ...pair(comparison) },
    largest: comparison.largest.map((each) => ({ user: each.user, ...pair(each) })),
    others: { users: comparison.others.users, ...pair(comparison.others) },
  }
}
