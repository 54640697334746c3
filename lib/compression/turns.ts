/** The turn of a layer, from its first chunk until its last is sent. */
export type Turn = {
  /** Counts a chunk that is sent next: whether it was compressed by then or was waited for, and its bytes. */
  count(isReady: boolean, bytes: number): void
  /** Waits before its first chunk until the layers before it are sent to the end, while its own chunks are compressed. */
  startSending(): Promise<void>
  /** Lets the next layer be compressed: so little of this one is left that not all threads have work. */
  passOn(): void
  /** Lets the next layer be sent: all of this one is, or it is given up. */
  end(): void
}

/** Waits for a turn, in the order in which they came. */
export type TakeTurn = () => Promise<Turn>

/** The turn of a layer that need not wait for others. */
export const freeTurn: Turn = {
  count: () => {},
  startSending: async () => {},
  passOn: () => {},
  end: () => {},
}

/** Passes pieces that are at hand on in a turn. */
export async function* passInTurn(
  source: AsyncIterable<Uint8Array>,
  takeTurn: () => Promise<Turn>,
): AsyncGenerator<Uint8Array> {
  const turn = await takeTurn()
  try {
    await turn.startSending()
    for await (const piece of source) {
      turn.count(true, piece.length)
      yield piece
    }
  } finally {
    turn.end()
  }
}

const shortMs = 2000
const longMs = 10_000
const leastGain = 1.15

/**
 * Creates the turns of layers that share threads and a network. One layer alone often uses up all of one of them, and
 * several at a time would all be half sent where the push is interrupted. So there is one more at a time only where
 * `slowChunks` in a row were ready before the connection took them, and it stays only where more was sent by it.
 */
export function makeTurns(slowChunks: number, now: () => number = () => performance.now()): TakeTurn {
  const active = new Set<Turn>()
  const sending = new Set<Promise<void>>()
  const waiting: (() => void)[] = []
  const trial = makeTrial(now)
  const startNext = () => {
    while (active.size < trial.limit) {
      const start = waiting.shift()
      if (!start) return
      start()
    }
  }
  return () =>
    new Promise((resolve) => {
      const sent = Promise.withResolvers<void>()
      let ready = 0
      const turn: Turn = {
        count: (isReady, bytes) => {
          ready = isReady ? ready + 1 : 0
          trial.count(bytes)
          if (ready < slowChunks || waiting.length === 0) return
          trial.judge()
          startNext()
        },
        startSending: async () => {
          if (sending.has(sent.promise)) return
          while (sending.size >= trial.limit) await Promise.race(sending)
          sending.add(sent.promise)
        },
        passOn: () => {
          active.delete(turn)
          startNext()
        },
        end: () => {
          turn.passOn()
          sending.delete(sent.promise)
          sent.resolve()
        },
      }
      waiting.push(() => {
        active.add(turn)
        resolve(turn)
      })
      startNext()
    })
}

/** Finds how many layers at a time the network is worth, by trying one more and measuring what it brings. */
function makeTrial(now: () => number) {
  let since = now()
  let sentBytes = 0
  let earlierSpeed = 0
  let isTrial = false
  let patienceMs = shortMs
  const trial = {
    limit: 1,
    count: (bytes: number) => {
      sentBytes += bytes
    },
    judge: () => {
      const elapsedMs = now() - since
      if (elapsedMs < patienceMs) return
      const speed = sentBytes / elapsedMs
      const isInVain = isTrial && speed < leastGain * earlierSpeed
      trial.limit += isInVain ? -1 : 1
      patienceMs = isInVain ? longMs : shortMs
      isTrial = !isInVain
      earlierSpeed = speed
      since = now()
      sentBytes = 0
    },
  }
  return trial
}
