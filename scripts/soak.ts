import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type ActionRun, runActionProcess } from './action-process.ts'
import { childEnv, localAwsEnv } from './child-env.ts'
import { makeArchive } from './example-image/archive.ts'
import { makeTar } from './example-image/tar.ts'
import { type LocalAws, startLocalAws } from './local-aws-process.ts'
import { runMain } from './run-main.ts'

const account = '123456789012'
const region = 'ap-northeast-2'
const cluster = 'ddn-ecs-cluster'
const allowedGrowth = 0.1

const server = (version: string) => `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
address = (os.environ["BIND_HOST"], int(os.environ["FLASK_PORT"]))
print("version ${version}", flush=True)
http.server.ThreadingHTTPServer(address, Handler).serve_forever()
`

function makeImage(version: string): Buffer {
  const layer = makeTar([{ name: 'server.py', content: server(version) }])
  const settings = { Entrypoint: ['python3', '/server.py'] }
  return makeArchive({ layers: [layer], references: ['app:v1'], architecture: 'amd64', settings }, 'oci')
}

/** Megabytes of memory that the local AWS holds now. */
function readMemory({ pid }: LocalAws): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

/** Runs actions against a local AWS; one that fails ends the soak. */
function makeRunner({ endpoint }: LocalAws, home: string) {
  const env = { ...childEnv(home, localAwsEnv({ endpoint, account, region })), RUNNER_TEMP: home }
  return async (action: string, inputs: Record<string, string>): Promise<ActionRun> => {
    const run = await runActionProcess({ action, inputs, env })
    if (run.exitCode === 0) return run
    throw new Error(
      `${action}: ${run.lines.findLast((line) => line.startsWith('::error')) ?? run.outputs.result}`,
    )
  }
}

type Run = ReturnType<typeof makeRunner>

async function pushImages(run: Run, home: string): Promise<string[]> {
  const uris: string[] = []
  for (const version of ['a', 'b']) {
    const archive = join(home, `${version}.tar`)
    writeFileSync(archive, makeImage(version))
    const { outputs } = await run('push-image', { archive, repository: 'app', 'create-repository': 'true' })
    uris.push(outputs['image-uri'] ?? '')
  }
  return uris
}

/** One deployment of another image, and one night. */
async function runRound(run: Run, imageUri: string): Promise<void> {
  const network =
    'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002\nTaskSubnetIds=subnet-00000002,subnet-00000003'
  await run('deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'storage, load-balancer, cluster, service',
    parameters: `${network}\nImageUri=${imageUri}`,
  })
  await run('pause-resume', { operation: 'pause', cluster, services: 'all' })
  await run('pause-resume', { operation: 'resume', cluster, services: 'all' })
}

/** Counts what the local AWS holds more after many rounds than after the first tenth of them. */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '300' } } })
  const rounds = Number(values.rounds)
  const home = mkdtempSync(join(tmpdir(), 'soak-'))
  const aws = await startLocalAws({ region })
  try {
    const run = makeRunner(aws, home)
    const uris = await pushImages(run, home)
    let early = 0
    for (let round = 1; round <= rounds; round++) {
      await runRound(run, uris[round % uris.length] ?? '')
      if (round === Math.ceil(rounds / 10)) early = readMemory(aws)
      if (round % 10 === 0) console.log(JSON.stringify({ round, megabytes: Math.round(readMemory(aws)) }))
    }
    const growth = readMemory(aws) / early - 1
    console.log(`${rounds} rounds: ${(100 * growth).toFixed(1)} % more memory`)
    return growth <= allowedGrowth ? 0 : 1
  } finally {
    await aws.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

await runMain(main)
