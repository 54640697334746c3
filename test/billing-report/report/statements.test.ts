import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameStatement } from '../../../actions/billing-report/report/statement/statement-name.ts'
import { collectUsers, mostStatements } from '../../../actions/billing-report/report/statement/statements.ts'
import { monthPeriod } from '../../../lib/service/calendar.ts'
import { billOf, filesOf, usageRow } from '../../fixtures/bill.ts'
import { tieredRates as rates } from '../../fixtures/rates.ts'

const row = (user: string, version: number, request: bigint, responselength: bigint) =>
  usageRow(user, 0n, {
    version,
    quantities: { request, responselength, dataprocessed: 0n, responselatency: 0n, integrationlatency: 0n },
  })
const march = [
  row('alice', 0, 700n, 1_500_000_000n),
  row('alice', 1, 900n, 501_250_000n),
  row('bob', 0, 60n, 10_000_000n),
  row('carol', 0, 1350n, 0n),
]
const period = monthPeriod('2026-03', 'Asia/Seoul')
const files = (locale: 'en' | 'ko') => filesOf(period, march, rates, { locale })
const english = await files('en')
const korean = await files('ko')
const cells = (html: string) =>
  [...html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, line = '']) =>
    [...line.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, text = '']) => text),
  )

describe('the statements of a month', () => {
  it('are two files a user, and name no other user', () => {
    const names = [...english.keys()].filter((name) => name.startsWith('statements/'))
    const users = ['alice', 'bob', 'carol', 'dora']
    expect(names).toEqual(
      users.flatMap((user) => ['html', 'csv'].map((form) => `statements/2026-03-${user}.${form}`)),
    )
    for (const name of names) {
      const text = (english.get(name) ?? '') + (korean.get(name) ?? '')
      const named = users.filter((user) => text.includes(user))
      expect(named).toEqual(users.filter((user) => name.includes(user) && name.endsWith('html')))
    }
  })

  it('have each price, tier, free unit, tax and rounding', () => {
    const html = english.get('statements/2026-03-alice.html') ?? ''
    expect(cells(html)).toEqual([
      ['Item', 'Price from', 'Tier', 'Units', 'Unit price', 'Amount'],
      ['inference: free units', '2026-01-01', '', '100', '0', '0'],
      ['inference', '2026-01-01', 'above 0, up to 1,000', '600', '12.5', '7,500'],
      ['inference', '2026-03-16', 'above 0, up to 1,000', '400', '13.75', '5,500'],
      ['inference', '2026-03-16', 'above 1,000', '500', '11', '5,500'],
      ['egress', '2026-01-01', '', '1,500,000,000', '0.4 per 1,000,000', '600'],
      ['egress', '2026-03-16', '', '501,250,000', '0.4 per 1,000,000', '200.5'],
      ['VAT 10 %', '', '', '', '', '1,930.05'],
      ['Rounding', '', '', '', '', '0.45'],
      ['Total', '', '', '', '', '21,231'],
    ])
    expect(html).toContain('<dt>Total</dt><dd>21,231 KRW</dd>')
    expect(html).toContain('2026-03-01 00:00+09:00 – 2026-04-01 00:00+09:00 (Asia/Seoul)')
    expect(html).toContain('Only the total is rounded: half up, to 0 decimals.')
    expect(cells(english.get('statements/2026-03-carol.html') ?? '').slice(4)).toEqual([
      ['Discount 15 %', '', '', '', '', '-2,250'],
      ['Fixed fee', '', '', '', '', '2,000'],
      ['VAT 10 %', '', '', '', '', '1,475'],
      ['Total', '', '', '', '', '16,225'],
    ])
  })

  it('are in Korean where that is asked for, with the same numbers', () => {
    const html = korean.get('statements/2026-03-bob.html') ?? ''
    expect(html).toContain('<html lang="ko">')
    expect(html).toContain('<h1>2026-03 이용 명세서</h1>')
    expect(cells(html)).toEqual([
      ['항목', '단가 적용일', '구간', '수량', '단가', '금액'],
      ['inference: 무료 제공량', '2026-01-01', '', '60', '0', '0'],
      ['egress', '2026-01-01', '', '10,000,000', '1,000,000당 0.4', '4'],
      ['최소 이용료 차액', '', '', '', '', '996'],
      ['VAT 10 %', '', '', '', '', '100'],
      ['합계', '', '', '', '', '1,100'],
    ])
    const numbers = (text = '') => text.match(/\d+/g)
    const csv = 'statements/2026-03-alice.csv'
    expect(numbers(korean.get(csv))).toEqual(numbers(english.get(csv)))
  })

  it('add up in CSV, where each number is plain', () => {
    for (const [name, text] of english) {
      if (!/^statements.*csv$/.test(name)) continue
      const rows = parse(text).slice(1)
      const amounts = rows.map((cells: string[]) => Number(cells.at(-1)))
      const total = amounts.pop()
      expect(amounts.reduce((a, b) => a + b, 0)).toBeCloseTo(total ?? Number.NaN, 6)
      for (const cells of rows) for (const cell of cells.slice(3)) expect(cell).toMatch(/^(-?\d+(\.\d+)?)?$/)
    }
  })

  it('are left out where there are more users than anybody opens files', async () => {
    const { users } = await billOf(period, march, rates)
    const collected = collectUsers()
    const all = Array.from({ length: mostStatements }, (_, at) => users[at % users.length]!)
    for (const user of all) collected.add(user)
    expect([...collected.list()]).toEqual(all)
    for (const user of users) collected.add(user)
    expect([...collected.list()]).toEqual([])
  })
})

describe('the name of a statement', () => {
  it.each([
    ['alice', '2026-03-alice'],
    ['ann@example.org', '2026-03-ann@example.org'],
    ['Ann Lee', '2026-03-_41nn_20_4cee'],
    ['../../etc/passwd', '2026-03-.._2f.._2fetc_2fpasswd'],
    ['박', '2026-03-_eb_b0_95'],
    ['', '2026-03-'],
    ['con', '2026-03-con'],
  ])('of %j is %s', (user, name) => {
    expect(nameStatement('2026-03', user)).toBe(name)
  })

  it('is short, plain and of this user alone, also where case makes no difference', () => {
    // Lone surrogates too; to list fast-check's own `binary` characters takes seconds.
    const character = fc.integer({ min: 0, max: 0x10ffff }).map((code) => String.fromCodePoint(code))
    const user = fc.oneof(
      fc.string({ unit: character, maxLength: 12 }),
      fc.constantFrom('A', 'a', '_41', 'A.', '~'),
    )
    fc.assert(
      fc.property(user, user, (a, b) => {
        const [first, second] = [a, b].map((each) => nameStatement('2026-03', each))
        expect(first).toMatch(/^2026-03-[a-z0-9@._~-]{0,160}$/)
        if (a.isWellFormed() && b.isWellFormed() && a !== b) expect(first).not.toBe(second)
      }),
      { numRuns: 50 },
    )
    const long = ['b', 'c', 'é'].map((end) => nameStatement('2026-03', 'A'.repeat(200) + end))
    expect(new Set(long).size).toBe(3)
    for (const name of long) expect(name).toMatch(/^2026-03-[a-z0-9_~]{0,160}$/)
  })
})
