import { expect, it } from 'vitest'
import { redact } from '../../lib/redact.ts'

it.each([
  [['hunt', 'hunter2-long'], 'a hunter2-long word', 'a *** word'],
  [['hunter2-long', 'hunt'], 'hunter2-long, hunt', '***, ***'],
  [['abcd', 'cdef'], 'xabcdefx', 'x***x'],
  [['aaaa'], 'aaaaaa', '***'],
  [['abcd', 'efgh'], 'abcdefgh', '******'],
  [['****'], 'a **** b', 'a *** b'],
  [['none'], 'text', 'text'],
  [[''], 'text', 'text'],
  [[], '', ''],
])('of %j shows nothing: %j', (secrets, text, shown) => {
  expect(redact(text, secrets)).toBe(shown)
})
