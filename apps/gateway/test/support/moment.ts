/** Something that a test waits for and that happens elsewhere. */
export interface Moment {
  readonly come: Promise<void>
  readonly now: () => void
}

export function moment(): Moment {
  let now = (): void => {}
  const come = new Promise<void>((resolve) => {
    now = resolve
  })
  return { come, now: () => now() }
}
