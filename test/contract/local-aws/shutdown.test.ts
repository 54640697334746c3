import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { python, root } from '../../../scripts/local-aws-process.ts'

// The moment between the start of a process and its entry in a list is too short to be met from outside.
const script = `
import threading
from local_aws.ecs.tasks.containers import _stop_all, starting
ending = threading.Thread(target=_stop_all, daemon=True)
with starting:
    ending.start()
    ending.join(0.2)
    print("ending" if ending.is_alive() else "ended")
ending.join()
later = threading.Thread(target=starting.acquire, daemon=True)
later.start()
later.join(0.2)
print("waiting" if later.is_alive() else "started")
`

it('waits for a task that is starting when it ends, and starts no other', () => {
  const env = { PYTHONPATH: join(root, 'local-aws'), PYTHONDONTWRITEBYTECODE: '1' }
  const output = execFileSync(python, ['-c', script], { encoding: 'utf8', env })
  expect(output.trim().split('\n')).toEqual(['ending', 'waiting'])
})
