/**
 * A thing in constant use is not marked with every turn: a mark may be this much older than the last use. Milliseconds. It is
 * granted to what is swept, so nothing goes too early.
 */
export const markLag = 60 * 60 * 1000
