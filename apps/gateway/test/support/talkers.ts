/** The simulator's speaker behind each dialect that an upstream may speak: what holds for one of them holds for all. */
export const talkers: readonly string[] = [
  'simulator/talker',
  'simulator-chat-completions/talker',
  'simulator-messages/talker',
  'simulator-generate-content/talker',
  'simulator-converse/talker',
]
