import type { RegistryProcess } from '../bench/registry-process.ts'
import type { Tally } from './check.ts'
import type { ExampleArchive, Place } from './place.ts'

/** What the checks share: folders, a registry, archives of the example image, and the diffIDs of its layers. */
export type Setting = Place & {
  registry: RegistryProcess
  tally: Tally
  archives: ExampleArchive[]
  diffIds: string[]
}
