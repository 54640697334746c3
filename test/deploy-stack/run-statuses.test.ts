import { StackStatus } from '@aws-sdk/client-cloudformation'
import { expect, it } from 'vitest'
import type { FakeStacks } from '../fakes/cloudformation/state.ts'
import { findStack } from '../fakes/cloudformation.ts'
import type { DeploymentOptions } from '../fixtures/deployment.ts'
import { act, deployed, destroy, files, resultsOf } from '../fixtures/three-stacks.ts'

type Result = Record<'deploy' | 'review' | 'execute' | 'import' | 'destroy' | 'drift', string> & {
  /** What a preview says besides the changes. */
  preview: RegExp
}

const settled = {
  ...{ deploy: 'changed', preview: /^((?!first|refused).)*$/s, review: 'previewed', execute: 'changed' },
  ...{ import: 'imported', destroy: 'destroyed', drift: 'in-sync' },
}
const busy = {
  ...{ deploy: 'conflict', preview: /mode deploy waits for its end first.*by the texts/s },
  ...{ review: 'conflict', execute: 'conflict', import: 'conflict', destroy: 'conflict', drift: 'failed' },
}
const going = { ...busy, preview: /a new stack.*mode deploy waits for its end first/s }
const remains = {
  ...{ deploy: 'created', preview: /a new stack.*mode deploy deletes it first/s, review: 'refused' },
  ...{ execute: 'refused', import: 'imported', destroy: 'destroyed', drift: 'failed' },
}
const stuck = {
  ...{ deploy: 'conflict', preview: /would be refused.*run again.*by the texts/s, review: 'refused' },
  ...{ execute: 'refused', import: 'conflict', destroy: 'destroyed', drift: 'failed' },
}
const absent = {
  ...{ deploy: 'created', preview: /a new stack/, review: 'previewed', execute: 'refused' },
  ...{ import: 'imported', destroy: 'absent', drift: 'absent' },
}

const results: Record<StackStatus, Result> = {
  CREATE_COMPLETE: settled,
  CREATE_FAILED: stuck,
  CREATE_IN_PROGRESS: busy,
  DELETE_COMPLETE: absent,
  DELETE_FAILED: remains,
  DELETE_IN_PROGRESS: going,
  IMPORT_COMPLETE: settled,
  IMPORT_IN_PROGRESS: busy,
  IMPORT_ROLLBACK_COMPLETE: settled,
  IMPORT_ROLLBACK_FAILED: stuck,
  IMPORT_ROLLBACK_IN_PROGRESS: busy,
  REVIEW_IN_PROGRESS: { ...absent, destroy: 'destroyed' },
  ROLLBACK_COMPLETE: remains,
  ROLLBACK_FAILED: remains,
  ROLLBACK_IN_PROGRESS: going,
  UPDATE_COMPLETE: settled,
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: busy,
  UPDATE_FAILED: stuck,
  UPDATE_IN_PROGRESS: busy,
  UPDATE_ROLLBACK_COMPLETE: settled,
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: busy,
  UPDATE_ROLLBACK_FAILED: {
    ...{ deploy: 'changed', preview: /mode deploy continues its rollback first.*by the texts/s },
    ...{ review: 'refused', execute: 'refused', import: 'imported', destroy: 'destroyed', drift: 'in-sync' },
  },
  UPDATE_ROLLBACK_IN_PROGRESS: busy,
}

const change = { only: 'app', parameters: 'app.Value=two', 'wait-for-others': '1' }
const bucket = {
  ...{ Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: 'ddn-more' } },
}
const app = JSON.parse(files['app.json'])
const withBucket = {
  files: { ...files, 'app.json': JSON.stringify({ ...app, Resources: { ...app.Resources, More: bucket } }) },
  existing: new Map([['AWS::S3::Bucket ddn-more', new Map<string, string>()]]),
}
const { only: _, parameters: __, ...waiting } = change

/** Runs each mode over ddn-app. */
const modes: Record<keyof Result, (account: FakeStacks, review: string) => ReturnType<typeof act>> = {
  deploy: (account) => act(account, { inputs: change }),
  preview: (account) => act(account, { inputs: { ...change, mode: 'preview' } }),
  review: (account) => act(account, { inputs: { ...change, mode: 'review' } }),
  execute: (account, review) => act(account, { inputs: { ...change, mode: 'execute', review } }),
  import: (account) => {
    const inputs = { ...waiting, mode: 'import', 'resources-to-import': 'app.More=ddn-more' }
    return act(account, { ...withBucket, inputs } satisfies Partial<DeploymentOptions>)
  },
  destroy: (account) => destroy(account, { inputs: { ...waiting, only: 'app' } }),
  drift: (account) => act(account, { inputs: { mode: 'drift', only: 'app' } }),
}

/** Makes an account in which ddn-app was reviewed, and is in a status then. */
async function accountIn(status: StackStatus) {
  const account = await deployed()
  const { review = '' } = (await act(account, { inputs: { ...change, mode: 'review' } })).outputs
  const stack = findStack(account, 'ddn-app')
  if (!stack) return expect.fail('no stack')
  stack.status = status
  if (status === 'REVIEW_IN_PROGRESS') Object.assign(stack, { template: undefined, tags: new Map() })
  return { account, review }
}

it.each(Object.values(StackStatus))('%s: every mode works, or says what to do', async (status) => {
  for (const [mode, run] of Object.entries(modes)) {
    const { account, review } = await accountIn(status)
    const ended = await run(account, review)
    const expected = results[status][mode as keyof Result]
    if (expected instanceof RegExp) {
      expect(ended.failure, mode).toBeUndefined()
      expect(ended.summary, mode).toMatch(expected)
    } else expect([mode, resultsOf(ended).app], ended.failure).toEqual([mode, expected])
    expect(ended.failure ?? 'run again', mode).toMatch(/run again|review again|mode deploy/)
  }
})
