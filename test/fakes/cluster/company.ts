import type { Company } from '../../../actions/pause-resume/context.ts'
import type { Caller } from '../cut.ts'
import { fakeLedger } from '../ledger.ts'
import type { FakeCluster } from './state.ts'

/** What only some operations of pause-resume ask for, as the state of the fake has it. */
export function fakeCompany(cluster: FakeCluster, call: Caller): Company {
  const { around = {}, objects } = cluster
  const read = <T>(look: () => T) => call('read', look)
  return {
    finder: {
      ofStack: () => read(() => [...cluster.services.keys()].map((service) => ({ cluster: 'c', service }))),
      tagged: (_, services) => read(() => [...services]),
    },
    ledger: fakeLedger(objects, call),
    objectNames: {
      list: (prefix) => read(() => [...objects.keys()].filter((key) => key.startsWith(prefix))),
    },
    activities: { list: (_, __, count) => read(() => (around.activities ?? []).slice(0, count)) },
    groupSchedules: {
      list: (groups) => read(() => (around.schedules ?? []).filter(({ group }) => groups.includes(group))),
    },
    launchFailures: { list: (group) => read(() => around.launchFailures?.get(group) ?? []) },
    pausedAnswers: {
      find: (groups) =>
        read(() =>
          (around.answers ?? []).filter(({ targetGroups }) =>
            targetGroups.some((each) => groups.includes(each)),
          ),
        ),
      turn: (rule, isOn) =>
        call('write', () => {
          around.answers = (around.answers ?? []).map((each) =>
            each.rule === rule ? { ...each, isOn } : each,
          )
        }),
    },
    requestCounts: { sum: () => read(() => around.requests ?? 0) },
    serviceEvidence: { read: (_, service) => read(() => around.evidence?.get(service)) },
    taskProtection: { list: () => read(() => [...(around.protectedTasks ?? [])]) },
    deployments: {
      inProgress: (_, services) =>
        read(() =>
          services.filter((name) => {
            const looks = around.deploying?.get(name) ?? 0
            around.deploying?.set(name, looks - 1)
            return looks > 0
          }),
        ),
    },
    taskTimes: { list: (_, service) => read(() => around.taskTimes?.get(service) ?? []) },
  }
}
