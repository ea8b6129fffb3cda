/** First word of the command lines that completion scripts run. Not a command: no help names it. */
export const COMPLETE_WORD = '__complete';
