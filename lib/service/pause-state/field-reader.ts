import { quote } from '../../quote.ts'

/** Parses a text as JSON; `place` names the object in the error. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`${place}: expected JSON; ${advice}`, { cause: error })
  }
}

const advice = 'restore an earlier version of this object'

// The quotas of ECS and Auto Scaling are lower: what is above comes from no pause.
const mostOfAnything = 10_000

/** Reads fields of a JSON document, and throws an error that names place and field where one is not as expected. */
export type FieldReader = ReturnType<typeof makeFieldReader>

/** Makes the reader of one document. */
export function makeFieldReader(place: string) {
  const refuse = (field: string, expected: string) =>
    new Error(`${place}: ${field}: expected ${expected}; ${advice}`)
  const text = (value: unknown, field: string): string => {
    if (typeof value !== 'string') throw refuse(field, 'a text')
    return value
  }
  return {
    refuse,
    text,
    object: (value: unknown, field: string): Record<string, unknown> => {
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw refuse(field, 'an object')
      return { ...value }
    },
    list: (value: unknown, field: string): unknown[] => {
      if (!Array.isArray(value)) throw refuse(field, 'a list')
      return value
    },
    time: (value: unknown, field: string): string => {
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value)))
        throw refuse(field, 'a time in ISO 8601')
      // Times are compared as texts.
      return new Date(value).toISOString()
    },
    choice: <T extends string>(value: unknown, choices: readonly T[], field: string): T => {
      const found = choices.find((choice) => choice === value)
      if (found === undefined)
        throw refuse(field, `one of ${choices.join(', ')}, got ${quote(String(value))}`)
      return found
    },
    count: (value: unknown, field: string): number => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > mostOfAnything)
        throw refuse(field, `a whole number up to ${mostOfAnything}`)
      return value
    },
  }
}
