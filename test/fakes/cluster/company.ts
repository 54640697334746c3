import type { Company } from '../../../actions/pause-resume/context.ts'
import { fakeLedger } from '../ledger.ts'
import type { FakeCluster } from './state.ts'

/** What only some operations of pause-resume ask for, as the state of the fake has it. */
export function fakeCompany(cluster: FakeCluster): Company {
  const { around = {}, objects } = cluster
  return {
    finder: {
      ofStack: async () => [...cluster.services.keys()].map((service) => ({ cluster: 'c', service })),
      tagged: async (_, services) => [...services],
    },
    ledger: fakeLedger(objects),
    objectNames: { list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)) },
    activities: { list: async (_, __, count) => (around.activities ?? []).slice(0, count) },
    launchFailures: { list: async (group) => around.launchFailures?.get(group) ?? [] },
    pausedAnswers: {
      find: async (groups) =>
        (around.answers ?? []).filter(({ targetGroups }) =>
          targetGroups.some((each) => groups.includes(each)),
        ),
      turn: async (rule, isOn) => {
        around.answers = (around.answers ?? []).map((each) => (each.rule === rule ? { ...each, isOn } : each))
      },
    },
    requestCounts: { sum: async () => around.requests ?? 0 },
    taskProtection: { list: async () => [...(around.protectedTasks ?? [])] },
    deployments: {
      inProgress: async (_, services) =>
        services.filter((name) => {
          const looks = around.deploying?.get(name) ?? 0
          around.deploying?.set(name, looks - 1)
          return looks > 0
        }),
    },
    taskTimes: { list: async (_, service) => around.taskTimes?.get(service) ?? [] },
  }
}
