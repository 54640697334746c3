import { expect, it } from 'vitest'
import { withoutSecrets } from '../../lib/url.ts'

it.each([
  ['https://user:CANARY@x.example/ping?sig=CANARY#CANARY', 'https://x.example/ping'],
  ['ftp://u:CANARY@h/x?CANARY', 'ftp://h/x'],
  ['http://u:CAN/ARY@h:port/x', 'http://h:port/x'],
  ['u:CANARY@h/x', 'h/x'],
  ['h/x?CANARY\nCANARY', 'h/x'],
  ['https://x.example/a@b', 'https://x.example/a@b'],
])('writes %j without what may be secret', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown)
})
