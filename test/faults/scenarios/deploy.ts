import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { type Account, runUndisturbed } from '../account.ts'
import { emptyGround, type Scenario } from '../scenario.ts'
import { readBuckets } from '../state/buckets.ts'
import { readStacks } from '../state/stacks.ts'
import { joinStates } from '../state/state.ts'
import { writeStacks } from './templates.ts'

const deploy = ({ folder }: Account, more: Record<string, string> = {}) => ({
  stacks: join(folder, 'stacks.yml'),
  prefix: 'p',
  'timeout-minutes': '1',
  ...more,
})

async function deploySmall(account: Account): Promise<void> {
  writeStacks(account.folder)
  await runUndisturbed(account, 'deploy-stack', deploy(account))
}

const common = {
  action: 'deploy-stack',
  ground: emptyGround,
  nouns: ['p-data', 'p-app', 'p-toolkit', 'p-repository', '/p/logs'],
  read: async (account: Account) => joinStates([await readStacks(account), await readBuckets(account)]),
}

/** Deploys two stacks into an empty account. */
export const deployNew: Scenario = {
  ...common,
  name: 'deploy new stacks',
  prepare: async ({ folder }) => void writeStacks(folder),
  inputs: (account) => deploy(account, { 'stack-tags': 'team=a' }),
}

/** Changes one of the stacks. */
export const deployChange: Scenario = {
  ...common,
  name: 'change a stack',
  prepare: deploySmall,
  inputs: (account) => deploy(account, { parameters: 'Size=large' }),
}

/** Destroys both with the data that they retain. */
export const destroyAll: Scenario = {
  ...common,
  name: 'destroy stacks and data',
  prepare: async (account) => {
    await deploySmall(account)
    const client = new S3Client({ ...account.config, forcePathStyle: true })
    await client.send(new PutObjectCommand({ Bucket: `p-data-${account.id}`, Key: 'x', Body: 'x' }))
  },
  inputs: (account) => deploy(account, { mode: 'destroy', confirm: 'p', 'delete-data': 'true' }),
}
