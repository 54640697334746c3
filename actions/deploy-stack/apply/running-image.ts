import { parseEcrHost } from '../../../lib/oci/ecr-host.ts'
import type { StackContext } from '../context.ts'

// A tag may stand before the digest, which alone decides.
const imagePattern = /^([^/]+)\/([^:@]+)(?::[\w.-]+)?@(sha256:[0-9a-f]{64})$/
// ECR refuses to look for other names: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const ecrName = /^(?=.{2})[a-z0-9]+([._/-][a-z0-9]+)*$/

/**
 * Moves the tag `<prefix>-running` to the image that a stack was deployed with, and `<prefix>-previous` to the one
 * before, for a return to it: the repository's lifecycle policy keeps both. An image of another registry is skipped.
 */
export async function tagRunningImage(imageUri: string, context: StackContext): Promise<void> {
  const { connections, inputs, log } = context
  const [, host = '', name = '', digest = ''] = imagePattern.exec(imageUri) ?? []
  if (digest === '') return
  const repository = ecrName.test(name) ? await connections.describeRepository(name) : undefined
  if (!repository || !isSameRegistry(host, repository.uri, connections)) {
    log.info(`${host}/${name} is no repository of this account and region: no tag keeps the image`)
    return
  }
  const [running, previous] = [`${inputs.prefix}-running`, `${inputs.prefix}-previous`]
  if (repository.isImmutable(running) || repository.isImmutable(previous)) {
    log.warning(
      `${name}: its tags are immutable, so that no tag can keep the image that runs; except ${running} and ${previous}`,
    )
    return
  }
  const before = await connections.imageTags.resolve(name, running)
  if (before === digest) return
  // In this order, an interrupted run is completed by the next one.
  if (before !== undefined) await connections.imageTags.move(name, previous, before)
  await connections.imageTags.move(name, running, digest)
  log.info(`${name}: ${running} is ${digest}${before ? `, ${previous} is ${before}` : ''}`)
}

// A registry of ECR has several hosts: with and without IPv6 and FIPS.
function isSameRegistry(host: string, uri: string, own: { account: string; region: string }): boolean {
  const named = parseEcrHost(host)
  return uri.startsWith(`${host}/`) || (named?.account === own.account && named.region === own.region)
}
