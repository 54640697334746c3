import { messageOf } from '../lib/errors.ts'

/** Runs the main function of a command: where it throws, the message stands alone and the command ends with 1. */
export async function runMain(main: () => Promise<number | undefined>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    console.error(messageOf(error))
    process.exitCode = 1
  }
}
