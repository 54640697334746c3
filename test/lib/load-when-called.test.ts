import { expect, it } from 'vitest'
import { loadWhenCalled } from '../../lib/load-when-called.ts'

it('loads once, with the first call of any member', async () => {
  let loads = 0
  const calls = loadWhenCalled(async () => {
    loads += 1
    return { add: async (a: number, b: number) => a + b, name: async () => 'sum' }
  })
  expect(loads).toBe(0)
  expect([await calls.add(1, 2), await calls.name()]).toEqual([3, 'sum'])
  expect(loads).toBe(1)
})

it('stands for a single call, too, and passes on how it fails', async () => {
  const read = loadWhenCalled(async () => async (name: string) => {
    if (name === '') throw new Error('expected a name')
    return name
  })
  expect(await read('web')).toBe('web')
  await expect(read('')).rejects.toThrow('expected a name')
})

it('loads again after a failure', async () => {
  const loads = [new Error('not now'), async () => 'loaded']
  const call = loadWhenCalled(async () => {
    const next = loads.shift()
    if (!next || next instanceof Error) throw next
    return next
  })
  await expect(call()).rejects.toThrow('not now')
  expect(await call()).toBe('loaded')
})

it('can be handed on by an asynchronous function', async () => {
  const calls = loadWhenCalled(async () => ({ name: async () => 'web' }))
  const connect = async () => calls
  expect(await (await connect()).name()).toBe('web')
})
