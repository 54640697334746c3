import { expect, it } from 'vitest'
import { findPlace } from '../../../actions/deploy-stack/report/place.ts'

const failed = (logicalId?: string) => ({
  ...{ key: 'a', stackName: 'p-a', startedAt: 0, seconds: 1 },
  outcome: { kind: 'rolled-back' as const, cause: 'x', ...(logicalId !== undefined && { logicalId }) },
})
const place = (body: string, logicalId?: string) =>
  findPlace([{ stackName: 'p-a', template: { path: 'a.yml', body } }], [failed(logicalId)])

it('finds the resource that failed in its template, not what has its name before', () => {
  const body = 'Outputs:\n  Data: {Value: x}\nResources:\n  First:\n    Type: A\n  Data:\n    Type: B\n'
  expect(place(body, 'Data')).toEqual({ file: 'a.yml', line: 6 })
  const json = '{\n  "Resources": {\n    "Data": {}\n  }\n}'
  expect(place(json, 'Data')).toEqual({ file: 'a.yml', line: 3 })
})

it('finds nothing where no resource is known, or the template does not show it', () => {
  expect(place('Resources:\n  A: {}\n')).toBeUndefined()
  expect(place('Resources:\n  A: {}\n', 'B')).toBeUndefined()
  expect(place('{"Resources":{"A":{}}}', 'A')).toBeUndefined()
  expect(findPlace([], [failed('A')])).toBeUndefined()
})
