import { expect, it } from 'vitest'
import { findPausedDays } from '../../../actions/billing-report/bill/paused-days.ts'
import { ledgerEvent } from '../../fixtures/ledger-event.ts'

// The days of Seoul begin at 15:00 UTC of the day before.
const days = ['2026-09-01', '2026-09-02', '2026-09-03', '2026-09-04']
const find = (...events: Parameters<typeof ledgerEvent>[]) =>
  [
    ...findPausedDays(
      events.map((each) => ledgerEvent(...each)),
      days,
      'Asia/Seoul',
    ),
  ].map((day) => day.slice(8))

it.each<[string, Parameters<typeof ledgerEvent>[], string[]]>([
  ['nothing is known', [], []],
  ['it was paused long before', [['2026-05-01T00:00:00.000Z', { web: true }]], ['01', '02', '03', '04']],
  [
    'it was paused from the first moment of a day to the last',
    [
      ['2026-09-01T15:00:00.000Z', { web: true }],
      ['2026-09-02T15:00:00.000Z', { web: false }],
    ],
    ['02'],
  ],
  [
    'it was paused a little later, and resumed a little before',
    [
      ['2026-09-01T15:00:00.001Z', { web: true }],
      ['2026-09-02T14:59:59.999Z', { web: false }],
    ],
    [],
  ],
  [
    'it was paused twice, and one event stands out of order',
    [
      ['2026-09-02T03:00:00.000Z', { web: true }],
      ['2026-08-20T03:00:00.000Z', { web: true }],
      ['2026-09-02T15:00:00.000Z', { web: false }],
    ],
    ['01', '02'],
  ],
  [
    'another service ran',
    [
      ['2026-08-20T03:00:00.000Z', { web: true, other: false }],
      ['2026-09-02T15:00:00.000Z', { other: true }],
    ],
    ['03', '04'],
  ],
  [
    'another service is heard of later',
    [
      ['2026-08-20T03:00:00.000Z', { web: true }],
      ['2026-09-02T15:00:00.000Z', { other: true }],
    ],
    ['03', '04'],
  ],
])('finds the days of a pause where %s', (_, events, expected) => {
  expect(find(...events)).toEqual(expected)
})
