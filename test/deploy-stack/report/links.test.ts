import { expect, it } from 'vitest'
import { renderLinks } from '../../../actions/deploy-stack/report/links.ts'
import { reportStacks } from '../../../actions/deploy-stack/report/report.ts'
import { linkStack } from '../../../lib/console.ts'

const stackArn = 'arn:aws:cloudformation:ap-northeast-2:111122223333:stack/ddn-app/1-2'
const changeSetArn = 'arn:aws:cloudformation:ap-northeast-2:111122223333:changeSet/deploy-1/3-4'
const home = 'https://ap-northeast-2.console.aws.amazon.com/cloudformation/home?region=ap-northeast-2#/stacks'
const id = 'arn%3Aaws%3Acloudformation%3Aap-northeast-2%3A111122223333%3Astack%2Fddn-app%2F1-2'
const stack = `${home}/stackinfo?stackId=${id}`
const changeSet = `${home}/changesets/changes?stackId=${id}&changeSetId=arn%3Aaws%3Acloudformation%3Aap-northeast-2%3A111122223333%3AchangeSet%2Fdeploy-1%2F3-4`

it('leads to the stack and to its change set in the console of its region and partition', () => {
  expect(linkStack(stackArn, changeSetArn)).toEqual({ stack, changeSet })
  const china = stackArn.replace('aws', 'aws-cn').replace('ap-northeast-2', 'cn-north-1')
  expect(linkStack(china).stack).toMatch(
    /^https:\/\/cn-north-1\.console\.amazonaws\.cn\/cloudformation\/home\?region=cn-north-1#/,
  )
})

it('leads nowhere where there is no stack', () => {
  expect(renderLinks({ stackName: 'x' }).markdown).toBe('')
})

it('stands in the summary and the report', () => {
  const result = {
    key: 'app',
    stackName: 'ddn-app',
    links: { stack, changeSet },
    startedAt: 0,
    seconds: 1,
  }
  const outcome = { kind: 'changed' as const, outputs: new Map(), changes: [] }
  const { summary, report } = reportStacks({
    ...{ steps: [], deployed: new Map(), operations: new Map() },
    results: [{ ...result, outcome }],
  })
  expect(summary.markdown).toContain(`| [ddn-app](<${stack}>) | changed | [0](<${changeSet}>) |`)
  expect(report).toMatchObject({ stacks: [{ links: { stack, changeSet } }] })
})
