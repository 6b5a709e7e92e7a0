import { StoreError } from '../../ports/store-error.js'

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** What the disk does, with what it cannot do as a `StoreError`. */
export async function onDisk<T>(act: Promise<T>): Promise<T> {
  try {
    return await act
  } catch (error) {
    throw diskFault(error)
  }
}

export function diskFault(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  return new StoreError('unavailable', `disk: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
}

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'
