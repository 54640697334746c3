import { expect, it } from 'vitest'
import { DigestCounter, digestOf } from '../../../lib/oci/digest.ts'

const abc = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

it('gives the digest of bytes as registries write it', () => {
  expect(digestOf(Buffer.from('abc'))).toBe(abc)
})

it('counts and hashes what passes, and passes it on as it is', async () => {
  const counter = new DigestCounter()
  const chunks = ['a', 'bc'].map((each) => Buffer.from(each))
  const source = (async function* () {
    yield* chunks
  })()
  const passed: Uint8Array[] = []
  for await (const chunk of counter.pass(source)) passed.push(chunk)
  expect(passed).toEqual(chunks)
  expect([counter.finish(), counter.finish()]).toEqual(
    Array.from({ length: 2 }, () => ({ digest: abc, sizeBytes: 3 })),
  )
})
