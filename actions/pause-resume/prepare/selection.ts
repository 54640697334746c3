import type { ServiceFinder } from '../../../lib/aws/service-finder.ts'
import { UserError } from '../../../lib/errors.ts'
import { didYouMean } from '../../../lib/nearest.ts'
import { listFirst, quote } from '../../../lib/quote.ts'
import type { Selection } from '../inputs.ts'

/** What services are found with. */
export type Finder = ServiceFinder & {
  /** Names the active services of a cluster; `undefined` where the cluster is not there. */
  listServices(cluster: string): Promise<string[] | undefined>
}

/** Services of a cluster; without names, all of them. */
export type Chosen = { cluster: string; services: readonly string[] }

/**
 * Finds out which services of which clusters are chosen. Where one cluster and names are given, nothing is asked for:
 * who describes them refuses those that do not exist. Throws UserError where nothing fits.
 */
export async function chooseServices(
  clusters: readonly string[],
  selection: Selection,
  finder: Finder,
): Promise<Chosen[]> {
  if (selection.kind === 'all') return clusters.map((cluster) => ({ cluster, services: [] }))
  if (selection.kind === 'stack') return await chooseOfStack(clusters, selection.stack, finder)
  if (selection.kind === 'tags') return await chooseTagged(clusters, selection.tags, finder)
  const [cluster, ...others] = clusters
  if (cluster !== undefined && others.length === 0) return [{ cluster, services: selection.names }]
  return await chooseNamed(clusters, selection.names, finder)
}

async function chooseOfStack(clusters: readonly string[], stack: string, finder: Finder): Promise<Chosen[]> {
  const found = await finder.ofStack(stack)
  const chosen = clusters.map((cluster) => ({
    cluster,
    services: found.filter((each) => each.cluster === cluster).map(({ service }) => service),
  }))
  return refuseNone(chosen, `stack: ${quote(stack)} has no service in ${clusters.join(', ')}`)
}

async function chooseTagged(
  clusters: readonly string[],
  tags: ReadonlyMap<string, string>,
  finder: Finder,
): Promise<Chosen[]> {
  const chosen: Chosen[] = []
  for (const cluster of clusters) {
    const services = await finder.tagged(cluster, await listOf(cluster, finder), tags)
    chosen.push({ cluster, services })
  }
  const shown = [...tags].map(([key, value]) => `${key}=${value}`).join(', ')
  return refuseNone(chosen, `tags: no service in ${clusters.join(', ')} has ${shown}`)
}

async function chooseNamed(
  clusters: readonly string[],
  names: readonly string[],
  finder: Finder,
): Promise<Chosen[]> {
  const lists: { cluster: string; existing: string[] }[] = []
  for (const cluster of clusters) lists.push({ cluster, existing: await listOf(cluster, finder) })
  const all = lists.flatMap(({ existing }) => existing)
  for (const name of names) {
    if (all.includes(name)) continue
    throw new UserError(
      `services: no service "${name}" in ${clusters.join(', ')}${didYouMean(name, all)}; there are ${listFirst(all) || 'none'}`,
    )
  }
  const chosen = lists.map(({ cluster, existing }) => ({
    cluster,
    services: names.filter((name) => existing.includes(name)),
  }))
  return chosen.filter(({ services }) => services.length > 0)
}

async function listOf(cluster: string, finder: Finder): Promise<string[]> {
  const existing = await finder.listServices(cluster)
  if (!existing) throw new UserError(`cluster: no cluster "${cluster}"`)
  return existing
}

function refuseNone(chosen: readonly Chosen[], why: string): Chosen[] {
  const some = chosen.filter(({ services }) => services.length > 0)
  if (some.length === 0) throw new UserError(why)
  return some
}
