import type { Subnet } from '../../../lib/aws/subnets.ts'
import { UserError } from '../../../lib/errors.ts'
import { listVpcLinkZones } from '../../../lib/service/vpc-link-zones.ts'
import type { AccountState } from '../observe/account.ts'
import type { SubnetCheck } from './account-checks.ts'

/** Verifies rules about subnets, as far as they could be described. Throws UserError. */
export function verifySubnets(checks: readonly SubnetCheck[], { subnets, region }: AccountState): void {
  if (!subnets) return
  for (const check of checks) {
    const own = subnets.filter(({ id }) => check.ids.includes(id))
    const fault = findFault(check, own, region)
    if (fault) throw new UserError(`parameters: ${check.where}: ${fault}`)
  }
}

function findFault(
  { ids, rule, vpc }: SubnetCheck,
  subnets: readonly Subnet[],
  region: string,
): string | undefined {
  const missing = ids.filter((id) => !subnets.some((subnet) => subnet.id === id))
  if (missing.length > 0)
    return `expected subnets of ${region} that exist, got ${missing.join(', ')}, which is not there`
  if (rule.kind === 'zones') {
    const zones = new Set(subnets.map(({ zoneId }) => zoneId))
    if (zones.size >= rule.least) return undefined
    const names = subnets.map(({ id, zone }) => `${id} in ${zone}`)
    return `expected subnets in at least ${rule.least} different zones, got ${names.join(', ')}`
  }
  if (rule.kind === 'subnets-of') {
    const strange = subnets.filter((subnet) => vpc !== undefined && subnet.vpc !== vpc)
    const names = strange.map((subnet) => `${subnet.id} of ${subnet.vpc}`)
    return names.length > 0 ? `expected subnets of ${rule.other}, ${vpc}, got ${names.join(', ')}` : undefined
  }
  const allowed = listVpcLinkZones(region)
  const names = subnets
    .filter(({ zoneId }) => allowed && !allowed.includes(zoneId))
    .map(({ id, zoneId }) => `${id} in ${zoneId}`)
  return names.length > 0
    ? `expected subnets in zones with VPC links, which are ${allowed?.join(', ')}, got ${names.join(', ')}`
    : undefined
}
