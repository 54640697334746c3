import { expect, it } from 'vitest'
import type { Selection } from '../../actions/pause-resume/inputs.ts'
import { chooseServices, type Finder } from '../../actions/pause-resume/prepare/selection.ts'

const clusters = { a: ['web', 'job'], b: ['web', 'api'] }
const finder: Finder = {
  listServices: async (cluster) => (cluster === 'a' || cluster === 'b' ? clusters[cluster] : undefined),
  ofStack: async () => [
    { cluster: 'b', service: 'api' },
    { cluster: 'other', service: 'x' },
  ],
  tagged: async (cluster, services, tags) =>
    services.filter((service) => tags.get('team') === 'web' && `${cluster}/${service}` === 'a/web'),
}
const choose = async (selection: Selection, names = ['a', 'b']) =>
  await chooseServices(names, selection, finder)

it('takes all services of each cluster, or those that are named', async () => {
  expect(await choose({ kind: 'all' })).toEqual(['a', 'b'].map((cluster) => ({ cluster, services: [] })))
  expect(await choose({ kind: 'names', names: ['web', 'api'] })).toEqual([
    { cluster: 'a', services: ['web'] },
    { cluster: 'b', services: ['web', 'api'] },
  ])
  expect(await choose({ kind: 'names', names: ['job'] })).toEqual([{ cluster: 'a', services: ['job'] }])
  // Nothing is asked for.
  expect(await choose({ kind: 'names', names: ['x'] }, ['none'])).toEqual([
    { cluster: 'none', services: ['x'] },
  ])
})

it('takes the services of a stack, and those with tags', async () => {
  expect(await choose({ kind: 'stack', stack: 's' })).toEqual([{ cluster: 'b', services: ['api'] }])
  const tags = new Map([['team', 'web']])
  expect(await choose({ kind: 'tags', tags })).toEqual([{ cluster: 'a', services: ['web'] }])
})

it.each([
  [
    { kind: 'names', names: ['wed'] },
    ['a', 'b'],
    'services: no service "wed" in a, b; did you mean "web"; there are web, job, web, api',
  ],
  [{ kind: 'names', names: ['web'] }, ['a', 'c'], 'cluster: no cluster "c"'],
  [{ kind: 'stack', stack: 's' }, ['a'], 'stack: "s" has no service in a'],
  [{ kind: 'tags', tags: new Map([['team', 'x']]) }, ['a'], 'tags: no service in a has team=x'],
] as const)('refuses %j of %j', async (selection, names, message) => {
  await expect(choose(selection, [...names])).rejects.toThrow(message)
})
