import { parseGraph } from '../../actions/deploy-stack/graph/graph.ts'
import { parseTemplate } from '../../actions/deploy-stack/graph/template.ts'
import { runPush } from '../fixtures/push.ts'
import { hostileArchives } from './archives.ts'
import { hostileStacks, hostileTexts } from './templates.ts'

// Nobody answers there: an archive is refused before the first request.
const repository = '127.0.0.1:1/team/app'

async function attack(kind: string, name: string): Promise<void> {
  if (kind === 'archive') {
    await runPush(hostileArchives[name]!.make(), { repository, retries: '0' })
  } else if (kind === 'stacks') parseGraph(hostileStacks[name]!.make(), 'stacks.yml')
  else parseTemplate(hostileTexts[name]!.make(), 'template.yml')
}

const [kind = '', name = ''] = process.argv.slice(2)
const end = await attack(kind, name).then(
  () => ({ name: 'success', message: '' }),
  (error: Error) => ({ name: error.name, message: error.message }),
)
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
const cpuSeconds = (userCPUTime + systemCPUTime) / 1_000_000
console.log(JSON.stringify({ ...end, cpuSeconds, peakMiB: Math.round(maxRSS / 1024) }))
