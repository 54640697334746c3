/** Where a run is cut: after so many writes, with the next one carried out (its answer is lost) or not. */
export type Cut = { after: number; carriedOut: boolean }

/** Makes a call to a fake, or lets it fail, wait, or be the last of its run. */
export type Caller = <T>(kind: 'read' | 'write', apply: () => T) => Promise<T>

/** Makes the function through which a fake writes: it throws `cut` at the write that is to be cut. */
export function makeWriter(cut: Cut | undefined): <T>(apply: () => T) => Promise<T> {
  let writes = 0
  return async (apply) => {
    const isCut = writes === cut?.after
    writes += 1
    if (isCut && !cut.carriedOut) throw new Error('cut')
    const answer = apply()
    if (isCut) throw new Error('cut')
    return answer
  }
}
