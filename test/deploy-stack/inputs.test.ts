import { expect, it } from 'vitest'
import { readInputs } from '../../actions/deploy-stack/inputs.ts'

const given = { stacks: 'stacks.yml', prefix: 'ddn' }

it('reads lists, parameters and times', () => {
  expect(
    readInputs({ ...given, only: 'a, b\nc', parameters: 'A=1\nb.B=x=y', 'timeout-minutes': '2' }),
  ).toMatchObject({
    mode: 'deploy',
    only: ['a', 'b', 'c'],
    parameters: new Map([
      ['A', '1'],
      ['b.B', 'x=y'],
    ]),
    timeoutSeconds: 120,
  })
})

it.each([
  [{ mode: 'destroy' }, 'confirm: expected the prefix "ddn" to destroy its stacks, got ""'],
  [{ mode: 'destroy', confirm: 'dnd' }, 'got "dnd"'],
  [{ 'delete-data': 'true' }, 'delete-data: goes with mode destroy only, got mode deploy'],
  [{ mode: 'apply' }, 'mode: expected one of deploy, preview, destroy, got "apply"'],
  [{ prefix: 'DDN' }, 'prefix: expected up to 20 lower-case letters, digits and dashes, got "DDN"'],
  [{ parameter: 'A=1' }, 'parameter: unknown input; did you mean "parameters"'],
])('refuses %j', (more, message) => {
  expect(() => readInputs({ ...given, ...more })).toThrow(message)
})

it('needs no confirmation for the plan of a destroy', () => {
  expect(readInputs({ ...given, mode: 'destroy', 'dry-run': 'true' })).toMatchObject({ mode: 'destroy' })
})
