import { expect, it } from 'vitest'
import { makePausedAnswers } from '../../lib/aws/paused-answers.ts'
import { runIn } from '../fixtures/service.ts'
import { localAws } from '../local-aws.ts'

it('finds the rule that answers for a paused service by its target group, and turns it on and off', async () => {
  const account = localAws()
  const { outputs } = await runIn(account, 'deploy-stack', {
    stacks: 'cloudformation/stacks.yml',
    only: 'load-balancer',
    parameters: 'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002',
  })
  const stack: Record<string, string> = JSON.parse(outputs.outputs || '{}')['load-balancer'] ?? {}
  const { DnsName = '', PausedRuleArn: rule = '', TargetGroupArn: targetGroup = '' } = stack
  const ask = async () => {
    const answer = await fetch(`${account.balancerUrl(DnsName)}/ping`)
    return answer.status === 503 ? await answer.text() : ''
  }
  const answers = makePausedAnswers(account.config)
  expect(await answers.find([targetGroup])).toEqual([{ rule, isOn: false, targetGroups: [targetGroup] }])
  expect(await ask()).not.toContain('paused')
  await answers.turn(rule, true)
  expect(await answers.find([targetGroup])).toEqual([{ rule, isOn: true, targetGroups: [targetGroup] }])
  expect(await ask()).toBe('{"paused":true}')
  await answers.turn(rule, false)
  expect(await ask()).not.toContain('paused')
  expect(await answers.find([])).toEqual([])
})
