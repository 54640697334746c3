import { describe, expect, it } from 'vitest'
import { confirmTag } from '../../../actions/push-image/apply/confirm-tag.ts'
import { UserError } from '../../../lib/errors.ts'
import { RegistryError } from '../../../lib/registry/http/errors.ts'
import { fakeClock } from '../../fakes/clock.ts'

const digest = 'sha256:pushed'
const old = 'sha256:old'

/** Reads back a tag of a registry that shows these digests, look by look, and then the last one. */
function read(shown: readonly (string | Error | undefined)[], signal = new AbortController().signal) {
  const clock = fakeClock()
  const start = clock.now()
  const warnings: string[] = []
  const tally = { looks: 0, seconds: () => (clock.now() - start) / 1000 }
  const pullManifest = async () => {
    const found = shown[Math.min(tally.looks++, shown.length - 1)]
    if (found instanceof Error) throw found
    return found === undefined ? undefined : { digest: found, mediaType: '', bytes: Buffer.alloc(0) }
  }
  const sleep: typeof clock.sleep = async (milliseconds, stop) => {
    stop?.throwIfAborted()
    await clock.sleep(milliseconds)
  }
  const log = { warning: (line: string) => warnings.push(line) }
  const reader = { log, clock: { ...clock, sleep }, signal, sender: { repository: { pullManifest } } }
  return { done: confirmTag('v1', digest, reader), tally, warnings }
}

describe('a tag that was moved', () => {
  it.each([
    ['at once', [digest], 1],
    ['after a look at nothing', [undefined, digest], 2],
    ['after looks at the old digest', [old, undefined, old, old, digest], 5],
  ])('is confirmed where it is shown %s', async (_, shown, looks) => {
    const { done, tally } = read(shown)
    await done
    expect([tally.looks, tally.seconds()]).toEqual([looks, looks - 1])
  })

  it('is a failure where it is never shown', async () => {
    const { done, tally } = read([old, undefined])
    const failure =
      'tag v1: expected sha256:pushed after the push, got no manifest; the registry does not show it yet, run the action again later'
    await expect(done).rejects.toMatchObject({ name: 'Error', message: failure })
    expect([tally.looks, tally.seconds()]).toEqual([5, 4])
  })

  it('is refused where it names another digest in the end', async () => {
    const { done, tally } = read([undefined, old])
    await expect(done).rejects.toThrow(
      new UserError(
        'tag v1: expected sha256:pushed after the push, got sha256:old; did another push move it',
      ),
    )
    expect(tally.looks).toBe(5)
  })

  it('is a warning where the registry holds it back, and any other error of the registry a failure', async () => {
    const url = new URL('https://registry.test/v2/app/manifests/v1')
    const refusal = (status: number) =>
      new RegistryError('GET', url, { status, codes: ['PROJECTPOLICYVIOLATION'], detail: 'not scanned yet' })
    const { done, warnings } = read([refusal(412)])
    await done
    expect(warnings).toEqual([
      `tag v1 is moved, but the registry holds it back from readers: GET ${url}: 412 not scanned yet`,
    ])
    await expect(read([refusal(403)]).done).rejects.toThrow(/: 403 not scanned yet$/)
  })

  it('is not looked at again after a cancel', async () => {
    const { done, tally } = read([undefined], AbortSignal.abort(new Error('cancelled')))
    await expect(done).rejects.toThrow('cancelled')
    expect(tally.looks).toBe(1)
  })
})
