import { expect, it } from 'vitest'
import type { LayerResult } from '../../actions/push-image/apply/record.ts'
import { warnOfRepeated } from '../../actions/push-image/report/repeated.ts'

const mebibyte = 1024 ** 2

const warn = (sizeBytes: number, imageBytes: number) => {
  const layer = { entry: '', diffId: '', sizeBytes: imageBytes, compression: 'none' } as const
  const blob = { digest: '', size: 1, compression: 'gzip' } as const
  const layers: LayerResult[] = [{ layer, blob, kind: 'send', seconds: 1 }]
  const largest = { name: 'opt/model.bin', sizeBytes }
  return warnOfRepeated({ repeated: { count: 1, sizeBytes, diffId: 'sha256:abc', largest }, layers })
}

it('a file that two layers hold is a warning with its size, where it weighs', () => {
  expect(warn(mebibyte, 50 * mebibyte)).toBe(
    'image: layers repeat 1 file of layers below, 1.0 MiB before compression, which a fresh host pulls and unpacks once more; most of it is in layer sha256:abc, the largest is "opt/model.bin" (1.0 MiB); set owner and mode in the step that adds a file, such as COPY --chown',
  )
  expect(warn(mebibyte - 1, mebibyte)).toBeUndefined()
  expect(warn(mebibyte, 51 * mebibyte)).toBeUndefined()
  expect(warnOfRepeated({ repeated: undefined, layers: [] })).toBeUndefined()
})
