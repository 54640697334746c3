import { describe, expect, it } from 'vitest'
import { makeTurns, passInTurn, type Turn } from '../../../lib/compression/turns.ts'

/** Takes turns for layers by number; `started` lists those that have theirs, and `send` sends two seconds of chunks, or more. */
function takeTurns(count: number) {
  let time = 0
  const takeTurn = makeTurns(3, () => time)
  const turns: Turn[] = []
  const started: number[] = []
  for (let number = 0; number < count; number++)
    void takeTurn().then((turn) => {
      turns[number] = turn
      started.push(number)
    })
  const settle = async () => {
    await Promise.resolve()
    return [...started]
  }
  const send = async (bytesPerSecond: number, { isReady = (): boolean => true, seconds = 2 } = {}) => {
    for (let chunk = 1; chunk <= 10 * seconds; chunk++) {
      time += 100
      turns[0]?.count(isReady(), bytesPerSecond / 10)
    }
    return await settle()
  }
  return { turns, settle, send }
}

it('pieces that are at hand pass in a turn, which ends with them, and where they fail', async () => {
  for (const failure of [undefined, new Error('disk gone')]) {
    const told: unknown[] = []
    const turn: Turn = {
      count: (...chunk) => told.push(chunk),
      startSending: async () => void told.push('starts'),
      passOn: () => told.push('passes on'),
      end: () => told.push('ends'),
    }
    async function* source() {
      yield Buffer.from('ab')
      if (failure) throw failure
      yield Buffer.from('c')
    }
    const passed = Array.fromAsync(passInTurn(source(), async () => turn))
    await expect(passed.then(String, ({ message }: Error) => message)).resolves.toBe(
      failure ? 'disk gone' : 'ab,c',
    )
    expect(told).toEqual(['starts', [true, 2], ...(failure ? [] : [[true, 1]]), 'ends'])
  }
})

describe('the turn of a layer', () => {
  it('comes when the one before it passes on or ends, in the order in which they came', async () => {
    const { turns, settle, send } = takeTurns(3)
    expect(await settle()).toEqual([0])
    let chunk = 0
    expect(await send(100, { seconds: 60, isReady: () => ++chunk % 3 !== 0 })).toEqual([0])
    turns[0]?.passOn()
    turns[0]?.end()
    expect(await settle()).toEqual([0, 1])
    turns[1]?.end()
    expect(await settle()).toEqual([0, 1, 2])
  })

  it('comes earlier as long as one more connection sends more', async () => {
    const { turns, settle, send } = takeTurns(6)
    await settle()
    expect(await send(100)).toEqual([0, 1])
    expect(await send(200)).toEqual([0, 1, 2])
    expect(await send(300)).toEqual([0, 1, 2, 3])
    // No more than with one less: the next one waits until two have ended.
    expect(await send(310)).toEqual([0, 1, 2, 3])
    turns[1]?.end()
    expect(await settle()).toEqual([0, 1, 2, 3])
    turns[2]?.end()
    expect(await settle()).toEqual([0, 1, 2, 3, 4])
  })

  it('is tried earlier again a while after it was in vain', async () => {
    const { turns, settle, send } = takeTurns(4)
    await settle()
    await send(100)
    expect(await send(100)).toEqual([0, 1])
    turns[1]?.end()
    expect(await send(100, { seconds: 9 })).toEqual([0, 1])
    expect(await send(100)).toEqual([0, 1, 2])
  })

  it('sends nothing before the one before it is sent to the end or given up', async () => {
    const takeTurn = makeTurns(3)
    const turns: Turn[] = []
    const sending: number[] = []
    for (let number = 0; number < 3; number++)
      void takeTurn().then(async (turn) => {
        turns[number] = turn
        turn.passOn()
        await turn.startSending()
        await turn.startSending()
        sending.push(number)
      })
    const settle = async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return [...sending]
    }
    expect(await settle()).toEqual([0])
    turns[0]?.end()
    expect(await settle()).toEqual([0, 1])
    turns[1]?.end()
    expect(await settle()).toEqual([0, 1, 2])
  })
})
