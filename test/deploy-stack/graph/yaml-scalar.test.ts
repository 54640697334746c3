import { expect, it } from 'vitest'
import { readPlain } from '../../../actions/deploy-stack/graph/yaml-scalar.ts'

// By https://yaml.org/type/, as SnakeYAML resolves them.
it.each([
  ['yes', 'true'],
  ['Yes', 'true'],
  ['ON', 'true'],
  ['no', 'false'],
  ['Off', 'false'],
  ['y', 'y'],
  ['nO', 'nO'],
  ['012', '10'],
  ['012345678901', '012345678901'],
  ['0', '0'],
  ['-0x1F', '-31'],
  ['0b101', '5'],
  ['1_000', '1000'],
  ['+12', '12'],
  ['22:30', '1350'],
  ['123456789012345678901', '123456789012345678901'],
  ['1.30', '1.3'],
  ['1.0', '1.0'],
  ['.5', '0.5'],
  ['1e3', '1000.0'],
  ['1.2.3', '1.2.3'],
  ['2012-10-17', '2012-10-17'],
  ['2012-10-17 10:00:00', '2012-10-17 10:00:00'],
  ['', undefined],
  ['~', undefined],
  ['NULL', undefined],
  ['nullable', 'nullable'],
  ['10.0.0.0/16', '10.0.0.0/16'],
  ['_', '_'],
])('reads %j as %j', (written, read) => {
  expect(readPlain(written)).toBe(read)
})
