import type { Provider } from '../provider.js'

/** With a programmatic access token. `max_tokens` is none of its words. */
export const snowflakeCortex: Provider = {
  name: 'snowflake-cortex',
  dialects: ['chat-completions'],
  place: {
    variables: { account_id: 'SNOWFLAKE_ACCOUNT' },
    toBaseURL: ({ account_id: account }) => `https://${account}.snowflakecomputing.com/api/v2/cortex/v1`,
  },
  credential: { header: 'authorization', accepts: ['bearer-auth', 'api-key'], required: true },
  environment: { key: 'SNOWFLAKE_PAT' },
  quirks: { noFiles: true, noDeveloperRole: true },
}
