import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { python, root } from '../../../scripts/local-aws-process.ts'

// The moment between the start of a process and its entry in a list is too short to be met from outside.
const script = `
import threading
from local_aws.ecs.tasks.shutdown import Gate
gate, closing = Gate(), threading.Event()
def close():
    closing.set()
    gate.close()
    print("closed")
gate.enter()
thread = threading.Thread(target=close)
thread.start()
closing.wait()
thread.join(0.2)
print("started")
gate.leave()
thread.join()
try:
    gate.enter()
except Exception as error:
    print(error)
`

it('waits for a task that is starting when it ends, and starts no other', () => {
  const env = { PYTHONPATH: join(root, 'local-aws'), PYTHONDONTWRITEBYTECODE: '1' }
  const output = execFileSync(python, ['-c', script], { encoding: 'utf8', env })
  expect(output.trim().split('\n')).toEqual(['started', 'closed', 'the local AWS is ending'])
})
