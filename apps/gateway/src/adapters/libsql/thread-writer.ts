import { Worker } from 'node:worker_threads'
import { StoreError } from '../../ports/store-error.js'
import { changedRows, type Outcome, type Write, type Writer } from './writer.js'

interface Waiting {
  readonly write: Write
  readonly size: number
  readonly resolve: (changed: readonly number[]) => void
  readonly reject: (error: StoreError) => void
}

/** One group at most, so that the first write of a burst does not wait for all of it. */
const groupWrites = 1_000
const groupSize = 16 * 1024 * 1024
/** What may wait in all, in characters. A disk that slow is a fault, and memory is not a queue. */
const queueSize = 256 * 1024 * 1024

/**
 * Writes on a thread of its own. A group is whatever arrived while the last one was committed: an idle writer commits a single
 * write at once, a busy one hundreds together, and no timer decides. When more than `queueSize` waits, or the thread has died,
 * writes are refused as `unavailable`.
 */
export function threadWriter(file: string, url: URL): Writer {
  const worker = new Worker(url, { workerData: { file } })
  let queue: Waiting[] = []
  let queued = 0
  let group: readonly Waiting[] = []
  let fault: StoreError | undefined
  let closing: Promise<void> | undefined
  let drained: (() => void) | undefined
  const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))

  const next = () => {
    if (group.length > 0) return
    if (queue.length === 0) return drained?.()
    group = queue.splice(0, groupLength(queue))
    worker.postMessage(group.map((waiting) => waiting.write))
  }

  const settle = (outcomes: readonly Outcome[]) => {
    const settled = group
    group = []
    for (const waiting of settled) queued -= waiting.size
    next()
    settled.forEach((waiting, index) => {
      const changed = changedRows(outcomes[index])
      if (changed instanceof StoreError) waiting.reject(changed)
      else waiting.resolve(changed)
    })
  }

  const die = (message: string, cause?: unknown) => {
    if (fault) return
    const reason = new StoreError('unavailable', message, { cause })
    fault = reason
    const lost = [...group, ...queue]
    group = []
    queue = []
    for (const waiting of lost) waiting.reject(reason)
    drained?.()
  }

  // The thread posts nothing but the outcomes of the group in flight.
  worker.on('message', (outcomes: readonly Outcome[]) => settle(outcomes))
  worker.on('error', (error) => die('the writer thread of the store has died', error))
  worker.on('exit', (code) => die(`the writer thread of the store has ended with code ${code}`))

  return {
    write(write) {
      if (closing) return Promise.reject(new StoreError('unavailable', 'the store is closed'))
      if (fault) return Promise.reject(fault)
      const size = sizeOf(write)
      if (queued + size > queueSize) return Promise.reject(new StoreError('unavailable', 'too much waits to be written'))
      queued += size
      const written = new Promise<readonly number[]>((resolve, reject) => queue.push({ write, size, resolve, reject }))
      next()
      return written
    },
    close() {
      closing ??= new Promise<void>((resolve) => {
        drained = resolve
        if (fault) resolve()
        else next()
      }).then(() => {
        if (!fault) worker.postMessage('close')
        return exited
      })
      return closing
    },
  }
}

function groupLength(queue: readonly Waiting[]): number {
  let size = 0
  for (const [index, waiting] of queue.entries()) {
    size += waiting.size
    if (index > 0 && (index >= groupWrites || size > groupSize)) return index
  }
  return queue.length
}

function sizeOf(write: Write): number {
  let size = 0
  for (const { values } of write) for (const value of values) size += typeof value === 'string' ? value.length : 8
  return size
}
