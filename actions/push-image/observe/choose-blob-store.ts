import { join } from 'node:path'
import type { PushContext } from '../context.ts'
import type { Inputs } from '../inputs.ts'
import { makeBlobBucket } from './blob-bucket.ts'
import { makeBlobFolder } from './blob-folder.ts'
import type { BlobStore } from './blob-store.ts'

/** Chooses where it is kept what layers became: as the input says, else in the user's cache, which outlives a run where the machine does. */
export function chooseBlobStore(
  { cache }: Pick<Inputs, 'cache'>,
  { env, openHints }: Pick<PushContext, 'env' | 'openHints'>,
): BlobStore | undefined {
  if (cache?.kind === 'toolkit') return makeBlobBucket(cache.prefix, openHints)
  if (cache) return makeBlobFolder(cache.path)
  const base = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'))
  return base ? makeBlobFolder(join(base, 'gpu-service-actions')) : undefined
}
