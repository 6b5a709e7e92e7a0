import { destination, pino, type Logger } from 'pino'
import { clipDetail, clipName } from '../record/clip.js'
import type { Observe } from './observe.js'

/** One buffered line a request costs little; a process that dies loses the last few. The ledger is the record. */
export function openLog(level: string): Logger {
  return pino({ level, base: null }, destination({ dest: 1, sync: false, minLength: 12_288, periodicFlush: 1000 }))
}

/** The log line of an exchange. No key, header or body ever goes into it. */
export function logExchanges(log: Logger): Observe {
  return (trail, row) => {
    const { error } = trail
    const line = {
      id: trail.id,
      subject: trail.owner?.subject,
      dialect: trail.dialect,
      model: clipName(trail.model),
      account: trail.account,
      lane: trail.lane,
      status: trail.status,
      outcome: trail.outcome,
      ms: row?.latency,
      ...(error && { code: error.code, detail: clipDetail(error.detail ?? error.message) }),
      ...(trail.storeFailure !== undefined && { storeFailure: clipDetail(trail.storeFailure) }),
    }
    // A stream that failed was begun with 200.
    const status = error?.status ?? trail.status
    if (status === 500) log.error({ ...line, err: error?.cause ?? error }, 'exchange')
    else if (status >= 502 || trail.storeFailure !== undefined) log.warn(line, 'exchange')
    else log.info(line, 'exchange')
  }
}
