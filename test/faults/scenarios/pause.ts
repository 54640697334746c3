import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeServiceArchive } from '../../fixtures/service.ts'
import { type Account, runUndisturbed } from '../account.ts'
import type { Ground, Scenario } from '../scenario.ts'
import { readService } from '../state/services.ts'

const cluster = 'ddn-ecs-cluster'
const service = 'ddn-ecs-service'

const network =
  'VpcId=vpc-00000001\nAlbSubnetIds=subnet-00000001,subnet-00000002\nTaskSubnetIds=subnet-00000002,subnet-00000003'

/** A service that runs, without an own network. */
const serviceGround: Ground = {
  name: 'service',
  reusable: true,
  make: async (account) => {
    const archive = join(account.folder, 'app.tar')
    writeFileSync(archive, makeServiceArchive())
    const push = { archive, repository: 'app', 'create-repository': 'true' }
    const { outputs } = await runUndisturbed(account, 'push-image', push)
    await runUndisturbed(account, 'deploy-stack', {
      only: 'storage, load-balancer, cluster, service',
      parameters: `${network}\nImageUri=${outputs['image-uri']}`,
    })
    // The first pause makes the toolkit bucket, as the first deployment of an asset does, which is swept there.
    await bring('pause')(account)
  },
}

const act = (operation: string) => ({ operation, cluster, services: service, 'timeout-minutes': '1' })

const bring = (operation: string) => async (account: Account) =>
  void (await runUndisturbed(account, 'pause-resume', act(operation)))

const common = {
  action: 'pause-resume',
  ground: serviceGround,
  nouns: [cluster, service, 'ddn-cluster-Group', 'ddn-toolkit'],
  read: (account: Account) => readService(account, cluster, service),
}

/** Takes a service and its instance to zero. */
export const pause: Scenario = {
  ...common,
  name: 'pause',
  prepare: bring('resume'),
  inputs: () => act('pause'),
}

/** Brings it back. */
export const resume: Scenario = {
  ...common,
  name: 'resume',
  prepare: bring('pause'),
  inputs: () => act('resume'),
}

/** Tells how it stands. */
export const serviceStatus: Scenario = {
  ...common,
  name: 'status of a service',
  prepare: bring('resume'),
  inputs: () => act('status'),
}
