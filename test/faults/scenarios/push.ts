import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { toolkitBucket } from '../../../lib/aws/toolkit/bucket-name.ts'
import { makeImageArchive } from '../../fixtures/archive.ts'
import { type Account, runUndisturbed } from '../account.ts'
import { emptyGround, type Scenario } from '../scenario.ts'
import { readImages } from '../state/images.ts'

const repository = 'team/app'
const policy = {
  rules: [
    {
      rulePriority: 1,
      selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 5 },
      action: { type: 'expire' },
    },
  ],
}

const inputs = ({ folder }: Account) => ({
  archive: join(folder, 'app.tar'),
  repository,
  tags: 'v1',
  threads: '1',
  'create-repository': 'true',
  immutable: 'true',
  'lifecycle-policy': join(folder, 'policy.json'),
  cache: 'toolkit:ddn',
})

async function writeInputs({ folder, config, id, region }: Account): Promise<void> {
  writeFileSync(join(folder, 'app.tar'), makeImageArchive(['one', 'two']))
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy))
  await new S3Client({ ...config, forcePathStyle: true }).send(
    new CreateBucketCommand({ Bucket: toolkitBucket('ddn', id, region).Bucket }),
  )
}

const common = {
  action: 'push-image',
  ground: emptyGround,
  nouns: [repository, '/v2/'],
  inputs,
  read: (account: Account) => readImages(account, repository),
}

/** Pushes into a repository that is not there yet. */
export const pushNew: Scenario = { ...common, name: 'push a new image', prepare: writeInputs }

/** Pushes what is there already. */
export const pushUnchanged: Scenario = {
  ...common,
  name: 'push an unchanged image',
  prepare: async (account) => {
    await writeInputs(account)
    await runUndisturbed(account, 'push-image', inputs(account))
  },
}
