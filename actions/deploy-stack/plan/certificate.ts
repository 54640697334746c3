import { UserError } from '../../../lib/errors.ts'
import { listFirst } from '../../../lib/quote.ts'
import type { Template } from '../graph/template.ts'
import type { AccountState } from '../observe/account.ts'
import { listAsked, listKept } from './asked.ts'
import { type Deployed, listAllValues, type Place } from './known-values.ts'
import type { StackStep } from './plan.ts'

/** A certificate of ACM that a parameter names, and the host name that it has to be for; `where` is the parameter. */
export type CertificateCheck = { where: string; arn: string; host: Host | undefined }

type Host = { where: string; name: string; isNew: boolean }

/** Lists the certificates of the constraints `Certificate`, those of stacks without a step too, where they or their host names are new. */
export function listCertificates(
  steps: readonly StackStep[],
  place: Place,
  deployed: Deployed,
  templates: ReadonlyMap<string, Template>,
): CertificateCheck[] {
  const all = listAllValues(steps, place, deployed)
  const asked = steps.flatMap((step) => listAsked(step, place, deployed))
  return [...asked, ...listKept(templates, steps, deployed)].flatMap(
    ({ key, where, parameter, rule, values, isNew }) => {
      const arn = values.get(parameter) ?? ''
      const [, , service, region] = arn.split(':')
      // CloudFront takes those of another region, which this client cannot see.
      if (rule.kind !== 'certificate' || service !== 'acm' || region !== place.region) return []
      const host = rule.hostName === undefined ? undefined : findHost(rule.hostName, key, all, deployed)
      return isNew(parameter) || host?.isNew ? [{ where, arn, host }] : []
    },
  )
}

/** Finds the host name that a parameter has in a stack, or else in the only other that has one. */
function findHost(
  parameter: string,
  key: string,
  all: ReturnType<typeof listAllValues>,
  deployed: Deployed,
): Host | undefined {
  const keys = [...all.keys()].filter((each) => all.get(each)?.get(parameter))
  const [found = '', ...others] = keys.includes(key) ? [key] : keys
  const name = all.get(found)?.get(parameter)
  if (name === undefined || others.length > 0) return undefined
  const isNew = name !== deployed.get(found)?.parameters.get(parameter)
  return { where: `${found}.${parameter}`, name, isNew }
}

type CertificateState = Pick<AccountState, 'certificates' | 'region' | 'now'>

const dayMs = 24 * 60 * 60 * 1000
// Those that ACM renews have been renewed by then, if nothing is wrong.
const soonDays = 30

/**
 * Verifies that the certificates can be used for their host names, as far as they could be seen, and returns warnings
 * for those that end soon. Throws UserError.
 */
export function judgeCertificates(
  checks: readonly CertificateCheck[],
  { certificates, region, now }: CertificateState,
): string[] {
  return checks.flatMap(({ where, arn, host }) => {
    const certificate = certificates.get(arn)
    if (certificate === undefined) return []
    const refuse = (expected: string, got: string) =>
      new UserError(`parameters: ${where}: expected a certificate ${expected}, got ${arn}, which ${got}`)
    if (certificate === 'missing') throw refuse(`of ${region} that exists`, 'is not there')
    const { status, hostNames, endsAt = Number.POSITIVE_INFINITY, isImported } = certificate
    if (status !== 'ISSUED') throw refuse('with the status ISSUED', `has the status ${status}`)
    if (host && !hostNames.some((pattern) => covers(pattern, host.name)))
      throw refuse(`for ${host.name}, which is ${host.where}`, `is for ${listFirst(hostNames)}`)
    if (endsAt - now >= soonDays * dayMs) return []
    // https://docs.aws.amazon.com/acm/latest/userguide/acm-renewal.html
    const advice = isImported
      ? 'ACM does not renew what was imported: import a new one'
      : 'ACM renews it while it is in use: look at its renewal status'
    const day = new Date(endsAt).toISOString().slice(0, 10)
    return [`parameters: ${where}: the certificate ${arn} ends on ${day}; ${advice}`]
  })
}

/** Returns whether a name in a certificate is for a host name: `*` stands for the first label, and for no other. */
function covers(pattern: string, hostName: string): boolean {
  // https://datatracker.ietf.org/doc/html/rfc6125#section-6.4.3
  const [name, host] = [pattern.toLowerCase(), hostName.toLowerCase()]
  return name === host || name === host.replace(/^[^.]+/, '*')
}
