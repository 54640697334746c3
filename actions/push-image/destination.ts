import { UserError } from '../../lib/errors.ts'
import { parseEcrHost } from '../../lib/oci/ecr-host.ts'
import { parseRepository } from '../../lib/oci/reference.ts'

/** Where an image goes: a repository of ECR, or of any other registry by its full reference. */
export type Destination =
  | { kind: 'ecr'; name: string; registryId: string | undefined; region?: string; host?: string }
  | { kind: 'registry'; reference: string }

/** Names a repository: by its name in ECR, or its reference in another registry. */
export const nameDestination = (destination: Destination): string =>
  destination.kind === 'ecr' ? destination.name : destination.reference

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const namePattern = /^[a-z0-9]+([._/-][a-z0-9]+)*$/

/** Parses the repository: a name is one of ECR, and so is the URI of ECR's registry; a host means another one. */
export function parseDestination(text: string, registryId: string | undefined): Destination {
  if (registryId !== undefined && !/^\d{12}$/.test(registryId))
    throw new UserError(`registry-id: expected an account of 12 digits, got "${registryId}"`)
  const host = text.slice(0, Math.max(text.indexOf('/'), 0))
  const ecr = parseEcrHost(host)
  if (ecr) {
    const { account, region } = ecr
    if (registryId !== undefined && registryId !== account)
      throw new UserError(
        `registry-id: expected ${account} as in repository, got ${registryId}; leave it out`,
      )
    const name = checkName(text.slice(host.length + 1))
    // FIPS and dual-stack endpoints are chosen; the usual one is what ECR names itself.
    const chosen = /^\d+\.dkr\.ecr\./.test(host) ? {} : { host }
    return { kind: 'ecr', name, registryId: account, region, ...chosen }
  }
  if (/[.:]/.test(host) || host === 'localhost') {
    parseRepository(text)
    return { kind: 'registry', reference: text }
  }
  return { kind: 'ecr', name: checkName(text), registryId }
}

/** Chooses where a registry is spoken to: at the endpoint that the user named, else at that which ECR names. */
export const chooseOrigin = (destination: Destination, named: { origin: string }): string =>
  destination.kind === 'ecr' && destination.host ? `https://${destination.host}` : named.origin

/** Refuses the URI of another region than the environment's: an image would go where nobody looks. */
export function refuseOtherRegion(
  { region }: { region?: string },
  { AWS_REGION, AWS_DEFAULT_REGION }: Readonly<Record<string, string | undefined>>,
): void {
  const own = AWS_REGION || AWS_DEFAULT_REGION
  if (region === undefined || own === undefined || own === region) return
  throw new UserError(
    `repository: expected the region ${own} of AWS_REGION, got ${region}; set AWS_REGION to ${region}`,
  )
}

function checkName(name: string): string {
  if (name.length >= 2 && name.length <= 256 && namePattern.test(name)) return name
  throw new UserError(`repository: expected a name such as team/app in lower case, got "${name}"`)
}
