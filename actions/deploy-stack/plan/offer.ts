import { UserError } from '../../../lib/errors.ts'
import { quote } from '../../../lib/quote.ts'
import type { AccountState } from '../observe/account.ts'
import { type Asked, splitItems } from './asked.ts'

/** An instance type, and the subnets for its instances: none where they are not known before the deployment. */
export type OfferCheck = { where: string; type: string; subnetIds: readonly string[] }

/** Returns the check of a constraint `OfferedIn`. */
export function offerCheckOf({ where, parameter, rule, values, isNew }: Asked): OfferCheck[] {
  const type = values.get(parameter)
  if (rule.kind !== 'offered-in' || !type || (!isNew(parameter) && !isNew(rule.subnets))) return []
  return [{ where, type, subnetIds: splitItems(values.get(rule.subnets)) }]
}

/**
 * Verifies that the instance types are offered in the region, and in the zone of a subnet, and returns warnings for the
 * other subnets: Auto Scaling starts nothing in them. Throws UserError.
 */
export function judgeOffers(
  checks: readonly OfferCheck[],
  { offers, subnets = [], region }: Pick<AccountState, 'offers' | 'subnets' | 'region'>,
): string[] {
  return checks.flatMap(({ where, type, subnetIds }) => {
    const zones = offers.get(type)
    if (!zones) return []
    const text = `parameters: ${where}: expected an instance type that is offered in`
    if (zones.length === 0) throw new UserError(`${text} ${region}, got ${quote(type)}`)
    const own = subnets.filter(({ id }) => subnetIds.includes(id))
    const without = own.filter(({ zoneId }) => !zones.includes(zoneId))
    if (without.length === 0) return []
    const names = without.map(({ id, zoneId }) => `${id} (${zoneId})`).join(', ')
    const told = `${text} the zones of the subnets, got ${quote(type)}, which ${names} lacks; in ${region}, it is offered in ${zones.join(', ')}`
    if (without.length === own.length) throw new UserError(told)
    return [told]
  })
}
