import { readImages } from '../../lib/image/read-image.ts'
import type { Outcome } from '../../lib/outcome.ts'
import { annotate } from './annotations.ts'
import type { PushContext } from './context.ts'
import { readInputs } from './inputs.ts'
import { openSource } from './observe/archive-source.ts'
import { makeBlobMemory } from './observe/blob-memory.ts'
import { chooseBlobStore } from './observe/choose-blob-store.ts'
import { addOthers, combineOutcomes } from './report/several.ts'
import { pushImage } from './run/push-image.ts'
import { assignTags } from './tags.ts'

/** Pushes the image of an archive, or several: reads, compares with the repository, sends what is missing, moves the tags. */
export async function run(context: PushContext): Promise<Outcome> {
  const inputs = readInputs(context.inputs, context.log.mask)
  const archive = await openSource(inputs.archive, context)
  // Where one layer fails, the others stop too.
  const end = new AbortController()
  const signal = AbortSignal.any([context.signal, end.signal])
  try {
    const read = await readImages(archive, inputs.images)
    const images = read.map((archived) => annotate(archived, inputs.annotations, inputs.compression))
    // Names from outside are parsed before the first request.
    const tags = assignTags(inputs.tags, images)
    for (const warning of images.flatMap(({ warnings }) => warnings)) context.log.warning(warning)
    const store = chooseBlobStore(inputs, context)
    const openMemory = makeBlobMemory(store, inputs.compression, context.log)
    const outcomes: Outcome[] = []
    for (const [at, archived] of images.entries()) {
      const remember: PushContext['remember'] = (describe) =>
        context.remember(() => addOthers(describe(), outcomes))
      const parts = { archive, inputs, context: { ...context, signal, remember }, openMemory }
      outcomes.push(await pushImage(archived, tags[at] ?? [], parts))
    }
    return combineOutcomes('images', outcomes)
  } finally {
    end.abort()
    await archive.close()
  }
}
