import Holidays, { type HolidaysTypes } from 'date-holidays'
import { nearest } from '../../../lib/nearest.ts'

/** Names the public holiday of a country that a day is; undefined for any other day. */
export type HolidayFinder = (day: string) => string | undefined

/** Why a country or a region is not known, as the rest of a sentence. */
export type UnknownPlace = { field: 'country' | 'region'; why: string }

/**
 * Opens the public holidays of a country, as ISO 3166 names it (`KR`), and of a region in it (`BY` or `BY/A`). A day
 * counts where the holiday covers its noon, since some begin in the evening before.
 */
export function openHolidays(
  country: string,
  region: string | undefined,
): { find: HolidayFinder } | UnknownPlace {
  const countries = new Holidays().getCountries('en')
  const code = pick(country, countries)
  if (code === undefined)
    return { field: 'country', why: unknown('a country such as KR', country, countries) }
  const place = findRegion(code, region)
  if (!Array.isArray(place)) return place
  const [state, part] = place
  const chosen = { country: code, ...(state && { state }), ...(part && { region: part }) }
  return { find: makeFinder(new Holidays(chosen, options)) }
}

// In UTC the days of a holiday are the days as the country names them.
const options: HolidaysTypes.Options = { timezone: 'UTC', types: ['public'] }

function findRegion(country: string, region: string | undefined): string[] | UnknownPlace {
  if (region === undefined) return []
  const found: string[] = []
  for (const [level, part] of region.split('/').entries()) {
    const known = level === 0 ? new Holidays().getStates(country, 'en') : regionsOf(country, found)
    const code = pick(part, known ?? {})
    if (code === undefined || level > 1) {
      return { field: 'region', why: unknown(`a region of ${country}`, region, known ?? {}) }
    }
    found.push(code)
  }
  return found
}

const regionsOf = (country: string, [state = '']: readonly string[]) =>
  new Holidays().getRegions(country, state, 'en')

const pick = (text: string, known: Readonly<Record<string, string>>) =>
  Object.keys(known).find((code) => code.toLowerCase() === text.trim().toLowerCase())

function unknown(expected: string, got: string, known: Readonly<Record<string, string>>): string {
  const codes = Object.keys(known)
  const byName = codes.find((code) => known[code]?.toLowerCase() === got.trim().toLowerCase())
  const hint = byName ?? nearest(got.toUpperCase(), codes)
  const list = codes.length > 0 && codes.length <= 60 ? `; there are ${codes.join(', ')}` : ''
  return `expected ${expected}, got "${got}"${hint === undefined ? list : `; did you mean "${hint}"`}`
}

function makeFinder(holidays: Holidays): HolidayFinder {
  const years = new Map<number, readonly HolidaysTypes.Holiday[]>()
  const listYear = (year: number) => {
    const found = years.get(year) ?? holidays.getHolidays(year, 'en')
    years.set(year, found)
    return found
  }
  return (day) => {
    const noon = Date.parse(`${day}T12:00:00Z`)
    const year = Number(day.slice(0, 4))
    // One that runs over New Year stands in the year in which it begins.
    return [...listYear(year), ...listYear(year - 1)].find(
      ({ start, end }) => start.getTime() <= noon && noon < end.getTime(),
    )?.name
  }
}
