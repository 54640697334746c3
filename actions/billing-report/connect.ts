import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeAthena } from '../../lib/aws/athena.ts'
import type { AwsConfig } from '../../lib/aws/client.ts'
import { makeTables } from '../../lib/aws/glue.ts'
import { makeObjects } from '../../lib/aws/s3-objects.ts'
import type { Connections } from './context.ts'

/** Connects to the account that the credentials belong to. */
export function connect(config: AwsConfig): Connections {
  return { athena: makeAthena(config), tables: makeTables(config), objects: makeObjects(config) }
}

/** Writes files into a folder, which it creates if necessary, and returns their paths. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): string[] {
  mkdirSync(folder, { recursive: true })
  return [...files].map(([name, content]) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  })
}
