import { keepSuccess } from './keep-success.ts'

type Call = (...args: never[]) => Promise<unknown>

/**
 * Returns a call, or an object of calls, whose module is loaded with the first of them: to load the SDK's clients that
 * a run does not use would take longer than a run without changes.
 */
export function loadWhenCalled<T extends Call | { [Name in keyof T]: Call }>(load: () => Promise<T>): T {
  const loaded = keepSuccess<object>(load)
  const callMember =
    (name: PropertyKey) =>
    async (...args: unknown[]) => {
      const calls = await loaded()
      return await Reflect.get(calls, name)(...args)
    }
  const target: T = Object(() => {})
  return new Proxy(target, {
    // What has this member would be taken for a promise.
    get: (_, name) => (name === 'then' ? undefined : callMember(name)),
    apply: async (_, __, args) => await Reflect.apply(Object(await loaded()), undefined, args),
  })
}
