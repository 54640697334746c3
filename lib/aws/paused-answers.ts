import {
  type Action,
  DescribeListenersCommand,
  DescribeRulesCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { findLoadBalancers } from './balanced-groups.ts'
import { type AwsConfig, makeClient } from './client.ts'
import { listPages } from './pages.ts'

/** The rule of a listener that answers in place of paused services. */
export type PausedAnswer = {
  rule: string
  /** Whether it answers now. */
  isOn: boolean
  /** All target groups that the listener forwards to: while the rule answers, none of them gets a request. */
  targetGroups: readonly string[]
}

/** The calls to Elastic Load Balancing that switch the answer of paused services. */
export type PausedAnswers = {
  /** Finds the rules of all listeners that forward to these target groups. */
  find(targetGroups: readonly string[]): Promise<PausedAnswer[]>
  turn(rule: string, on: boolean): Promise<void>
}

// A rule that answers no request waits for a method that no request has (cloudformation/load-balancer.yml).
const methods = { on: ['GET', 'POST'], off: ['PAUSED'] }

/** Creates the adapter to the rules of load balancers. */
export function makePausedAnswers(config: AwsConfig): PausedAnswers {
  const client = makeClient(ElasticLoadBalancingV2Client, config)
  return {
    find: async (targetGroups) => {
      const found = await findLoadBalancers(client, targetGroups)
      const balancers = [...new Set(found.flatMap(({ loadBalancers }) => loadBalancers))]
      const answers: PausedAnswer[] = []
      for (const balancer of balancers) answers.push(...(await findAnswers(client, balancer)))
      return answers.filter((answer) => answer.targetGroups.some((group) => targetGroups.includes(group)))
    },
    turn: async (RuleArn, on) => {
      const Values = on ? methods.on : methods.off
      const Conditions = [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values } }]
      await client.send(new ModifyRuleCommand({ RuleArn, Conditions }))
    },
  }
}

async function findAnswers(
  client: ElasticLoadBalancingV2Client,
  LoadBalancerArn: string,
): Promise<PausedAnswer[]> {
  const listeners = await listPages(async (Marker) => {
    const page = await client.send(new DescribeListenersCommand({ LoadBalancerArn, Marker }))
    return { items: page.Listeners ?? [], next: page.NextMarker }
  })
  const answers: PausedAnswer[] = []
  for (const { ListenerArn } of listeners) {
    const rules = await listPages(async (Marker) => {
      const page = await client.send(new DescribeRulesCommand({ ListenerArn, Marker }))
      return { items: page.Rules ?? [], next: page.NextMarker }
    })
    const targetGroups = [...new Set(rules.flatMap(({ Actions = [] }) => Actions.flatMap(forwardsTo)))]
    answers.push(...rules.filter(isPausedRule).map((rule) => toAnswer(rule, targetGroups)))
  }
  return answers
}

const forwardsTo = ({ TargetGroupArn, ForwardConfig }: Action): string[] => [
  ...(TargetGroupArn ? [TargetGroupArn] : []),
  ...(ForwardConfig?.TargetGroups ?? []).flatMap((group) => group.TargetGroupArn ?? []),
]

function isPausedRule({ Actions: [action] = [], Conditions: [condition, ...others] = [] }: Rule): boolean {
  const { StatusCode, MessageBody } = action?.FixedResponseConfig ?? {}
  const isAnswer = StatusCode === '503' && /^\{\s*"paused"\s*:\s*true\b/.test(MessageBody ?? '')
  return isAnswer && condition?.Field === 'http-request-method' && others.length === 0
}

function toAnswer(
  { RuleArn = '', Conditions: [condition] = [] }: Rule,
  targetGroups: string[],
): PausedAnswer {
  const values = condition?.HttpRequestMethodConfig?.Values ?? condition?.Values ?? []
  return { rule: RuleArn, isOn: values.some((method) => methods.on.includes(method)), targetGroups }
}
