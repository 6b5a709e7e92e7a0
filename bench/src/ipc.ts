/** What a child process answers: names and functions, called by its parent over Node's IPC channel. */
export type Commands = Record<string, (argument: never) => unknown>

/** The parent's side of a child's commands, typed by them. */
export type Remote<C extends Commands> = <Name extends keyof C & string>(
  name: Name,
  ...argument: Parameters<C[Name]>
) => Promise<Awaited<ReturnType<C[Name]>>>

/** One question on the channel. `id` starts with what it is for, so that a child's two listeners never answer each other's. */
export interface Question {
  id: string
  name: string
  argument: unknown
}

/** Its answer: the value, or what went wrong. */
export interface Answer {
  id: string
  value?: unknown
  error?: string
}

/** Answers the parent's questions with `commands`, for as long as the parent is there. */
export function serveCommands(commands: Commands): void {
  process.on('message', (message) => void reply(commands, message as Question))
  process.on('disconnect', () => process.exit(0))
  // An exit of its own, since a process that a signal ends leaves no CPU profile.
  process.on('SIGTERM', () => process.exit(0))
  // The probe, where it is loaded too, has let go of the channel; a process that serves is kept by it.
  process.channel?.ref()
}

async function reply(commands: Commands, question: Question): Promise<void> {
  const command = commands[question.name]
  if (command === undefined) return
  try {
    // The wire: the parent's call is typed by the same Commands.
    const value = await command(question.argument as never)
    process.send?.({ id: question.id, value } satisfies Answer)
  } catch (error) {
    process.send?.({ id: question.id, error: error instanceof Error ? error.message : String(error) } satisfies Answer)
  }
}
