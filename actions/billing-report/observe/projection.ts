import type { GlueTable } from '../../../lib/aws/glue.ts'

/** Why a table does not show the partition of a day, and what to do. */
export type HiddenDay = { state: string; advice: string }

const keys = ['year', 'month', 'day']
const template = keys.map((key) => `${key}=\${${key}}/`).join('')

/**
 * Finds why the projection of a table does not show a day: Athena answers a query beyond it with no rows, and no error.
 * https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html
 */
export function findProjection({ parameters, location }: GlueTable, day: string): HiddenDay | undefined {
  if (parameters['projection.enabled']?.toLowerCase() !== 'true')
    return {
      state: 'is not enabled: only partitions that were added one by one are seen',
      advice: 'deploy the billing stack again, which projects them',
    }
  const [root, place] = [location, parameters['storage.location.template']].map(
    (each) => each && withSlash(each),
  )
  if (place !== undefined && place !== `${root}${template}`)
    return {
      state: `looks at ${place}`,
      advice: `set storage.location.template to ${root}year=…/month=…/day=…/`,
    }
  const values = day.split('-')
  for (const [at, key] of keys.entries()) {
    const value = values[at] ?? ''
    const [first = Number.NaN, last = Number.NaN] = (parameters[`projection.${key}.range`] ?? '')
      .split(',')
      .map(Number)
    const digits = Number(parameters[`projection.${key}.digits`] ?? 1)
    if (!(first <= Number(value) && Number(value) <= last))
      return {
        state: `${key} goes from ${first} to ${last}, and today is ${day}: its rows are not seen`,
        advice: `raise projection.${key}.range, such as by the parameter LastYear of the billing stack`,
      }
    if (value.length > 1 && digits !== value.length)
      return {
        state: `${key} has ${digits} digits, and the folders have ${value.length}`,
        advice: `set projection.${key}.digits to ${value.length}`,
      }
  }
  return undefined
}

const withSlash = (place: string) => place.replace(/\/?$/, '/')
