import { quote } from '../../quote.ts'
import type { StoppedContainer, StoppedTask } from './evidence.ts'
import { explainText, type Finding, type Rule } from './finding.ts'

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
const network =
  'let its subnet reach ECR: by a NAT gateway, or by the endpoints ecr.api, ecr.dkr, S3 and CloudWatch Logs'

// The container runtime begins many messages alike: what is more special comes first.
const pullRules: readonly Rule[] = [
  { pattern: /no space left/i, advice: 'make the root volume larger: at least 3 × the uncompressed image' },
  {
    pattern: /toomanyrequests|rate limit|\b429\b/i,
    advice: 'copy the image to ECR, since its registry limits pulls',
  },
  {
    pattern: /no matching manifest|does not match the specified platform|no match for platform/i,
    advice: 'build the image for the CPU architecture of the instances',
  },
  { pattern: /timeout|deadline exceeded|dial tcp|no such host|connection re(fused|set)/i, advice: network },
  {
    pattern: /not found|manifest unknown|name unknown|does not exist|no such manifest/i,
    advice: 'push the image first, or deploy with a tag or digest that its repository has',
  },
  {
    pattern: /denied|no basic auth|unauthori[sz]ed|forbidden|\b40[13]\b/i,
    advice:
      'give the execution role ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer',
  },
  { pattern: /^/, advice: 'check that the image exists and that its subnet reaches its registry' },
]

const startRules: readonly Rule[] = [
  {
    pattern: /logging driver|log group|log stream|logger args/i,
    advice: 'create the log group, and give the execution role logs:CreateLogStream and logs:PutLogEvents',
  },
  {
    pattern: /exec format error/i,
    advice: 'build the image for the CPU architecture of the instances',
  },
  {
    pattern: /nvidia|device driver|\bgpu\b/i,
    advice: 'run it on an instance type with GPUs, with the GPU image of ECS',
  },
  {
    pattern: /executable file not found|no such file or directory|not found|permission denied/i,
    advice: 'correct the entry point or the command: the image has no such program',
  },
  { pattern: /^/, advice: 'correct the task definition, or the image' },
]

const reasonRules: readonly Rule[] = [
  {
    pattern: /network interface|InsufficientFreeAddresses|\bENI\b/i,
    advice: 'use subnets with free addresses, and fewer tasks on an instance',
  },
  {
    pattern: /secret|ssm|parameter store/i,
    advice:
      'give the execution role the right to read the secret, check its name, and let its subnet reach it',
  },
  { pattern: /registry auth|ecr/i, advice: network },
  {
    pattern: /Spot (Task|Instance)|SpotInterruption/i,
    advice: 'wait for capacity, or use On-Demand instances',
  },
  {
    pattern: /Host EC2 .*terminated|instance .*terminated/i,
    advice: 'look at the scaling activities of its Auto Scaling group for who ended the instance',
  },
]

/** Explains why a task stopped; undefined for one that was asked to stop. */
export function diagnoseTask(task: StoppedTask): Finding | undefined {
  return (
    diagnosePull(task) ?? diagnoseStart(task) ?? diagnoseHealth(task) ?? diagnoseExit(task) ?? other(task)
  )
}

const textsOf = ({ reason, containers }: StoppedTask) => [
  ...containers.filter((each) => each.reason !== '').map((each) => ({ ...each, text: each.reason })),
  { name: '', image: containers[0]?.image ?? '', text: reason },
]

function diagnosePull(task: StoppedTask): Finding | undefined {
  const found = textsOf(task).find(({ text }) => /CannotPull(Container|ECRContainer|Image)/.test(text))
  const explained = found && explainText(found.text, pullRules)
  if (!explained) return undefined
  const subject = `image ${found.image || 'of the task'}`
  return { subject, cause: `cannot be pulled: ${found.text}`, advice: explained.advice }
}

function diagnoseStart(task: StoppedTask): Finding | undefined {
  const found = textsOf(task).find(({ text }) => /Cannot(Start|Create|Inspect)Container/.test(text))
  const explained = found && explainText(found.text, startRules)
  if (!explained) return undefined
  return {
    subject: nameContainer(found.name),
    cause: `cannot start: ${found.text}`,
    advice: explained.advice,
  }
}

const nameContainer = (name: string) => (name === '' ? 'container' : `container ${name}`)

function diagnoseHealth({ reason, containers }: StoppedTask): Finding | undefined {
  const [, group] = /failed ELB health checks in \(target-group ([^)]*)\)/i.exec(reason) ?? []
  if (group !== undefined) {
    const name = /targetgroup\/([^/]+)/.exec(group)?.[1] ?? group
    return { subject: `target group ${name}`, cause: reason, advice: healthAdvice }
  }
  const sick = containers.find(({ isUnhealthy }) => isUnhealthy)
  if (!sick && !/failed container health checks/i.test(reason)) return undefined
  return {
    subject: nameContainer(sick?.name ?? ''),
    cause: `failed its health check${lastLine(sick)}`,
    advice: 'correct the command of the health check, or give the program a longer start period',
  }
}

/** What to do where a load balancer finds a task unhealthy. */
export const healthAdvice =
  'check path, port and status code of the health check and that the security group admits the load balancer; give a program that starts slowly a longer grace period'

function diagnoseExit({ containers }: StoppedTask): Finding | undefined {
  const memory = containers.find(({ reason }) => /OutOfMemory/i.test(reason))
  if (memory) {
    const cause = `was killed, since it used more memory than it may${lastLine(memory)}`
    return { subject: nameContainer(memory.name), cause, advice: 'give the task more memory' }
  }
  const ended = containers.filter(({ exitCode }) => exitCode !== undefined)
  const failed = ended.find(({ exitCode }) => exitCode !== 0) ?? ended[0]
  if (!failed) return undefined
  const cause = `ended with exit code ${failed.exitCode}${lastLine(failed)}`
  return { subject: nameContainer(failed.name), cause, advice: adviseExit(failed) }
}

// 128 and a signal's number: https://tldp.org/LDP/abs/html/exitcodes.html
function adviseExit({ exitCode = 0, logLines }: StoppedContainer): string {
  if (exitCode === 0) return 'keep its program running: it is essential to the task, and has ended'
  if (exitCode === 127 || logLines.some((line) => /executable file not found/.test(line)))
    return 'correct the entry point or the command: the image has no such program'
  if (exitCode === 126 || logLines.some((line) => /exec format error/i.test(line)))
    return 'make its program executable, and build it for the CPU architecture of the instances'
  if (exitCode === 137) return 'give the task more memory, or let its program end within the stop time-out'
  if (exitCode === 139) return 'find out why its program crashed (segmentation fault)'
  return 'correct what its log tells'
}

function lastLine(container: StoppedContainer | undefined): string {
  const line = container?.logLines.findLast((each) => each.trim() !== '')
  return line === undefined ? '' : `; its last log line is ${quote(line.trim())}`
}

function other({ id, reason }: StoppedTask): Finding | undefined {
  const explained = explainText(reason, reasonRules)
  return explained && { subject: `task ${id}`, ...explained }
}
