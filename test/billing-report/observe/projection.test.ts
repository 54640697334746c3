import { expect, it } from 'vitest'
import { findProjection } from '../../../actions/billing-report/observe/projection.ts'

const template = ['year', 'month', 'day'].map((key) => `${key}=$\{${key}}`).join('/')

it.each([
  [`s3://b/log/${template}/`, undefined],
  [`s3://b/log/${template}`, undefined],
  [`s3://b/other/${template}/`, 'looks at s3://b/other/'],
  [`s3://b/log-old/${template}/`, 'looks at s3://b/log-old/'],
  [`s3://b/log/old/${template}/`, 'looks at s3://b/log/old/'],
  ['s3://b/log/', 'looks at s3://b/log/'],
  [undefined, undefined],
])('takes %s for the place of the days of a table: %s', (place, state) => {
  const range = (key: string, from: number, to: number, digits: number) => ({
    [`projection.${key}.range`]: `${from},${to}`,
    [`projection.${key}.digits`]: String(digits),
  })
  const parameters = {
    ...{ 'projection.enabled': 'TRUE', ...range('year', 2026, 2030, 4), ...range('month', 1, 12, 2) },
    ...range('day', 1, 31, 2),
    ...(place !== undefined && { 'storage.location.template': place }),
  }
  const table = { parameters, location: 's3://b/log/' } as never
  for (const location of ['s3://b/log/', 's3://b/log']) {
    const found = findProjection({ parameters, location } as never, '2026-03-05')
    expect(found?.state).toEqual(state && expect.stringContaining(state))
    expect(found?.advice).toEqual(state && expect.stringContaining(' to s3://b/log/year='))
  }
  expect(findProjection(table, '2025-12-31')?.state ?? '').toMatch(state ?? 'year goes from 2026 to 2030')
})
