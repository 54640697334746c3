import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { systemClock, waitUntil } from '../../lib/wait.ts'

/** A registry with its own storage, on a free port of 127.0.0.1. */
export type RegistryProcess = { host: string; stop(): Promise<void> }

/** Starts Debian's docker-registry on the storage in a folder. */
export async function startRegistry(folder: string): Promise<RegistryProcess> {
  const host = `127.0.0.1:${await findPort()}`
  const file = join(folder, 'registry.yml')
  const settings = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'storage') } },
    http: { addr: host },
  }
  writeFileSync(file, JSON.stringify(settings))
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  const answers = () =>
    fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    )
  const started = waitUntil(answers, {
    what: 'docker-registry',
    timeoutSeconds: 10,
    clock: systemClock,
    delaySeconds: 0.05,
  })
  await Promise.race([started, failed])
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return { host, stop }
}

async function findPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return address.port
}
