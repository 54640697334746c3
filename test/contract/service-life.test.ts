import { expect, it } from 'vitest'
import { makeLocalLife } from '../fixtures/local-life.ts'
import { live, wishOf } from '../fixtures/service-life.ts'
import { localAws } from '../local-aws.ts'

// What test/pause-resume/model.test.ts tries thousands of times in memory holds on the local AWS as well.
it('loses no number, and does what was asked for last, in a short life on the local AWS', async () => {
  const log: string[] = []
  const life = live(1, (line) => log.push(line), await makeLocalLife(localAws()))
  await life.happen({ ...wishOf('pause'), calls: 35 })
  await life.overlap('resume', 'pause', { calls: 4, services: 'web, api', isDeploying: false })
  await life.happen({ kind: 'wake', service: 'web' })
  await life.overlap('pause', 'resume', { calls: 40, services: 'all', isDeploying: false })
  await life.end()
  expect(life.complaints, log.join('\n')).toEqual([])
})
