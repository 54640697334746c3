import { describe, expect, it } from 'vitest'
import { parseOutputs } from '../../scripts/action-process.ts'
import { renderLine } from '../../scripts/workflow-command.ts'

describe('the runner that the scripts play', () => {
  it('reads outputs of one line and of several', () => {
    expect(parseOutputs('a<<E1\nx\ny\nE1\nb=1=2\n')).toEqual({ a: 'x\ny', b: '1=2' })
  })

  it('shows errors and warnings, and hides other commands', () => {
    expect(renderLine('::error title=x::bad%0Aworse')).toBe('error: bad\nworse')
    expect(renderLine('::add-mask::secret')).toBeUndefined()
    expect(renderLine('plain')).toBe('plain')
  })
})
