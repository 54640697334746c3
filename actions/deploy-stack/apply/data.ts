import type { StackContext } from '../context.ts'
import { namedTypes } from '../graph/named-type.ts'

/** A resource that holds data: a bucket, a repository or a log group; the physical id is its name. */
export type Stored = { physicalId: string; type: string }

/** Types of resources that hold data: a destroy deletes them only where that is asked for. */
export const dataTypes: readonly string[] = [...namedTypes].flatMap(([type, { adoptable }]) =>
  adoptable ? [type] : [],
)

/** Names a resource that holds data. */
export const nameStored = ({ type, physicalId }: Stored): string =>
  `${namedTypes.get(type)?.noun ?? type} ${physicalId}`

/** Deletes resources with all the data that they hold, each once; `deleted` lists those that are gone. */
export async function deleteStored(
  stored: readonly Stored[],
  deleted: Set<string>,
  context: StackContext,
): Promise<void> {
  const { dataDeletion } = context.connections
  for (const each of stored) {
    const name = nameStored(each)
    if (deleted.has(name)) continue
    context.signal.throwIfAborted()
    context.log.info(`delete the ${name} with all that it holds`)
    const onProgress = makeProgress(name, context)
    if (each.type === 'AWS::S3::Bucket') await dataDeletion.deleteBucket(each.physicalId, onProgress)
    else if (each.type === 'AWS::ECR::Repository')
      await dataDeletion.deleteRepository(each.physicalId, onProgress)
    else await dataDeletion.deleteLogGroup(each.physicalId)
    deleted.add(name)
  }
}

const lineEveryMs = 30_000

function makeProgress(name: string, { clock, log }: StackContext) {
  let told = clock.now()
  return (count: number) => {
    if (clock.now() - told < lineEveryMs) return
    told = clock.now()
    log.info(`${name}: ${count} deleted so far`)
  }
}
