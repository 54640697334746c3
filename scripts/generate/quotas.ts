import { listResources } from './cfn-template.ts'
import type { Templates } from './costs.ts'

/** A quota of quotas.yml: how many of something AWS admits by default, and the type of resource that counts. */
export type Quota = {
  what: string
  most: number
  per: 'account' | 'region'
  /** `stack` counts the stacks themselves. */
  type: string
  page: string
}

/** The Markdown table of how many services fit into the default quotas, the tightest first. */
export function quotasTable(templates: Templates, quotas: readonly Quota[]): string {
  const rows = quotas
    .map((quota) => ({ ...quota, used: countResources(templates, quota.type) }))
    .map((quota) => ({ ...quota, services: Math.floor(quota.most / quota.used) }))
    .toSorted((one, other) => one.services - other.services)
  return [
    '| quota | per | by default | of a service | services |',
    '| --- | --- | ---: | ---: | ---: |',
    ...rows.map(
      ({ what, per, most, used, services, page }) =>
        `| [${what}](${page}) | ${per} | ${most} | ${used} | ${services} |`,
    ),
  ].join('\n')
}

/** Counts the resources of a type in all templates with their default parameters. */
function countResources(templates: Templates, type: string): number {
  if (type === 'stack') return Object.keys(templates).length
  const counts = Object.values(templates).map((template) => listResources(template, type).length)
  const used = counts.reduce((sum, each) => sum + each, 0)
  if (used === 0) throw new Error(`quotas.yml: no template has a resource of the type "${type}"`)
  return used
}
